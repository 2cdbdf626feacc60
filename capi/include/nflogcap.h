/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nflogcap: the packets that Linux netfilter logs to user space through NFLOG.
 *
 * A firewall rule says "log group 5" (nft) or "-j NFLOG --nflog-group 5"
 * (iptables). This library receives the packets that such rules log, with all
 * the metadata that the kernel sends, and counts exactly what was lost.
 *
 *     const uint16_t group = 5;
 *     nflogcap *capture;
 *     const nflogcap_packet *packet;
 *     char error[NFLOGCAP_ERROR_SIZE];
 *     if (nflogcap_open(&capture, &group, 1, error, sizeof error) < 0) {
 *         fprintf(stderr, "%s\n", error);
 *         return 1;
 *     }
 *     while (nflogcap_next(capture, &packet, -1) == 1)
 *         printf("%u bytes\n", packet->payload_length);
 *     nflogcap_close(capture);
 *
 * Conventions
 *
 *  1. A function that returns int returns >= 0, or a negative errno. On failure
 *     it leaves `ret` arguments untouched, and nflogcap_error() says what failed
 *     on the handle, why, and what to do. A NULL handle or `ret` is -EINVAL.
 *  2. Handles are opaque. close and free accept NULL.
 *  3. One thread at a time uses a handle. Exceptions: any thread may call
 *     nflogcap_wakeup(), nflogcap_stop(), nflogcap_get_stats() and
 *     nflogcap_get_group_stats() at any time before nflogcap_close(). Signal
 *     handlers may call nflogcap_wakeup() and nflogcap_stop().
 *  4. Pointers to packets and to their bytes are borrowed. They are valid until
 *     the next nflogcap_next(), nflogcap_next_batch(), nflogcap_start() or
 *     nflogcap_close() on that handle. nflogcap_packet_clone() makes a copy that
 *     stays valid.
 *  5. Integers are in host byte order, times in nanoseconds since the Unix
 *     epoch. The header has no inline functions, required macros, varargs,
 *     bit-fields, bool, long or enum-typed parameters, so dlopen and ctypes
 *     reach everything.
 *  6. Public structs only grow at their end. The library allocates packets and
 *     descriptions. A struct that the caller allocates is passed with its size.
 *     If it is larger than the library's struct, the library fills the excess
 *     bytes with zeros; in a struct that the library reads they must be zero. A
 *     size smaller than the struct's first released version is -EINVAL.
 *  7. The library never prints, never ends the process, installs no signal
 *     handlers and keeps no global state.
 *  8. After fork() a handle belongs to the process that made it. While that
 *     process lives, calls in the child return -ECHILD and do not affect the
 *     owner; nflogcap_close() in the child frees only the child's memory and
 *     descriptors. When the owner has ended, as the parent does in daemon(3),
 *     the handle and everything in it belong to the first process that uses it.
 *     Because the owner may be about to end, the child's first call waits up to
 *     one second for that; nflogcap_wakeup() and nflogcap_stop() never wait.
 *     nflogcap_take_over() takes a handle from an owner that still lives. This
 *     convention applies to captures and to savefiles.
 *  9. pthread_cancel() of a thread that waits in nflogcap_next() or
 *     nflogcap_next_batch() ends the wait; the handle stays usable. Nothing else
 *     in the library is a cancellation point.
 *
 * "The kernel" below is net/netfilter/nfnetlink_log.c. NFULA_* are its
 * attributes, in <linux/netfilter/nfnetlink_log.h>.
 */
#ifndef NFLOGCAP_H
#define NFLOGCAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header: 1.0.0 is 0x010000. */
#define NFLOGCAP_VERSION_MAJOR 1
#define NFLOGCAP_VERSION_MINOR 0
#define NFLOGCAP_VERSION_PATCH 0
#define NFLOGCAP_VERSION_NUMBER                                                                    \
    (NFLOGCAP_VERSION_MAJOR << 16 | NFLOGCAP_VERSION_MINOR << 8 | NFLOGCAP_VERSION_PATCH)

/* Size of a buffer for the longest error text, in bytes including the NUL. */
#define NFLOGCAP_ERROR_SIZE 1024

typedef struct nflogcap nflogcap;                           /* a capture; opaque */
typedef struct nflogcap_filter nflogcap_filter;             /* a compiled filter; opaque */
typedef struct nflogcap_dump nflogcap_dump;                 /* a savefile being written; opaque */
typedef struct nflogcap_packet nflogcap_packet;             /* a packet's fields */
typedef struct nflogcap_dissection nflogcap_dissection;     /* a packet's parsed headers */
typedef struct nflogcap_conntrack nflogcap_conntrack;       /* the connection of a packet */
typedef struct nflogcap_tuple nflogcap_tuple;               /* one direction of a connection */
typedef struct nflogcap_stats nflogcap_stats;               /* counters */
typedef struct nflogcap_dump_options nflogcap_dump_options; /* how a savefile is written */
typedef struct nflogcap_field nflogcap_field;               /* describes a field */
typedef struct nflogcap_option nflogcap_option;             /* describes an option */
typedef struct nflogcap_counter nflogcap_counter;           /* describes a counter */

/*
 * A packet as the kernel logged it. The struct is public so that reading a field
 * needs no function call. An optional field is valid if its NFLOGCAP_HAS_* bit is
 * set in `present`; otherwise it is 0 or NULL. Interfaces are indexes in the
 * network namespace of the capture; nflogcap_interface_name() names them.
 */
struct nflogcap_packet {
    uint64_t present;        /* NFLOGCAP_HAS_* bits: which optional fields are valid */
    const uint8_t *payload;  /* the packet; from layer 3 on in the ip, ip6 and inet families */
    uint32_t payload_length; /* bytes at payload: at most the snaplen; 0 with metadata only */
    uint32_t wire_length;    /* bytes of the payload before the snaplen cut it: with
                                NFLOGCAP_HAS_WIRE_LENGTH from the IP or ARP header; else
                                payload_length, although the payload may have been longer */
    uint64_t timestamp_ns;   /* when the packet was logged: with NFLOGCAP_HAS_TIMESTAMP the kernel's
                                time (a multiple of 1000); else an estimate between the times of the
                                group's previous and next packet; in a savefile the record's time */
    uint64_t lost_before;    /* packets of this group lost between the previous packet returned for
                                it (or the start) and this one */
    uint16_t group;          /* NFLOG group, 0 to 65535 */
    uint8_t family;          /* NFPROTO_* of <linux/netfilter.h>: 2 ip, 10 ip6, 7 bridge, 3 arp,
                                5 netdev; a rule in an inet table logs as ip or ip6 */
    uint8_t hook;            /* hook of the rule: 0 prerouting, 1 input, 2 forward, 3 output,
                                4 postrouting, 5 ingress; arp: 0 input, 1 output; netdev:
                                0 ingress, 1 egress */
    uint16_t hw_protocol;    /* EtherType, such as 0x0800; 0 if the kernel knows none */
    uint16_t hw_type;        /* ARPHRD_* of <net/if_arp.h>: 1 Ethernet, 772 loopback */
    uint32_t mark;           /* the packet's mark; the kernel omits a mark of 0 */
    uint32_t indev;          /* index of the input interface; of the bridge in the bridge family */
    uint32_t outdev;         /* index of the output interface */
    uint32_t physindev;      /* index of the bridge port that received the packet */
    uint32_t physoutdev;     /* index of the bridge port that sends the packet */
    uint32_t uid;            /* user id of the local socket that sent the packet */
    uint32_t gid;            /* group id of the local socket that sent the packet */
    uint32_t seq;            /* packet number in the group since the group was bound; wraps */
    uint32_t seq_global;     /* packet number in the network namespace; wraps */
    uint32_t ct_info;        /* IP_CT_* of <linux/netfilter/nf_conntrack_common.h> */
    const char *prefix;      /* the rule's prefix, up to 127 bytes; "" if an nft rule has none */
    const uint8_t *hw_address;  /* the sender's link-layer address */
    const uint8_t *hw_header;   /* link-layer header with which the packet arrived */
    const uint8_t *l2_header;   /* link-layer header, in the bridge and netdev families */
    const uint8_t *ct;          /* conntrack entry: the attributes nested in NFULA_CT, raw */
    const uint8_t *message;     /* the kernel's whole message: struct nfgenmsg, then attributes. The
                                   record of a LINKTYPE_NFLOG savefile. */
    uint32_t ct_length;         /* bytes at ct */
    uint32_t message_length;    /* bytes at message */
    uint16_t hw_address_length; /* bytes at hw_address, at most 8 */
    uint16_t hw_header_length;  /* bytes at hw_header */
    uint16_t l2_header_length;  /* bytes at l2_header */
    uint16_t vlan_tci;          /* VLAN tag that the kernel sends beside the frame, not in it */
    uint16_t vlan_protocol;     /* EtherType of that VLAN tag: 0x8100 or 0x88a8 */
    uint16_t reserved[3];       /* 0 */
};

#define NFLOGCAP_HAS_WIRE_LENGTH (UINT64_C(1) << 0)
#define NFLOGCAP_HAS_MARK (UINT64_C(1) << 2)
#define NFLOGCAP_HAS_TIMESTAMP (UINT64_C(1) << 3)
#define NFLOGCAP_HAS_INDEV (UINT64_C(1) << 4)
#define NFLOGCAP_HAS_OUTDEV (UINT64_C(1) << 5)
#define NFLOGCAP_HAS_PHYSINDEV (UINT64_C(1) << 6)
#define NFLOGCAP_HAS_PHYSOUTDEV (UINT64_C(1) << 7)
#define NFLOGCAP_HAS_HW_ADDRESS (UINT64_C(1) << 8)
#define NFLOGCAP_HAS_PAYLOAD (UINT64_C(1) << 9)
#define NFLOGCAP_HAS_PREFIX (UINT64_C(1) << 10)
#define NFLOGCAP_HAS_UID (UINT64_C(1) << 11)
#define NFLOGCAP_HAS_SEQ (UINT64_C(1) << 12)
#define NFLOGCAP_HAS_SEQ_GLOBAL (UINT64_C(1) << 13)
#define NFLOGCAP_HAS_GID (UINT64_C(1) << 14)
#define NFLOGCAP_HAS_HW_TYPE (UINT64_C(1) << 15)
#define NFLOGCAP_HAS_HW_HEADER (UINT64_C(1) << 16)
#define NFLOGCAP_HAS_CT (UINT64_C(1) << 18)
#define NFLOGCAP_HAS_CT_INFO (UINT64_C(1) << 19)
#define NFLOGCAP_HAS_VLAN (UINT64_C(1) << 20)
#define NFLOGCAP_HAS_L2_HEADER (UINT64_C(1) << 21)

/*
 * The parsed headers of a packet's payload, as nflogcap_dissect() fills them in. A
 * field is valid if its NFLOGCAP_KNOWS_* bit is set in `known`; otherwise it is 0.
 * Addresses are in network order.
 */
struct nflogcap_dissection {
    uint32_t known;            /* NFLOGCAP_KNOWS_* bits: which fields are valid */
    uint32_t network_offset;   /* bytes in payload before the layer 3 header */
    uint32_t transport_offset; /* bytes in payload before the layer 4 header; 0 if the payload
                                  ends before it, as in all fragments but the first */
    uint16_t ether_type;       /* EtherType of layer 3, after all VLAN tags; 0 if unknown */
    uint8_t ip_version;        /* IP version, 4 or 6; 0 if layer 3 is not IP */
    uint8_t protocol;          /* IPPROTO_*, after all IPv6 extension headers */
    uint8_t source[16];        /* source address; in ARP the sender's */
    uint8_t destination[16];   /* destination address; in ARP the target's */
    uint8_t address_length;    /* bytes in source and destination: 4, or 16 with IPv6 */
    uint8_t tcp_flags;         /* TH_* of <netinet/tcp.h>, bits 0 to 7 */
    uint8_t icmp_type;         /* type of ICMP or ICMPv6 */
    uint8_t icmp_code;         /* code of ICMP or ICMPv6 */
    uint16_t source_port;      /* source port of TCP, UDP, UDP-Lite, SCTP or DCCP */
    uint16_t destination_port; /* destination port of TCP, UDP, UDP-Lite, SCTP or DCCP */
    uint32_t fragment_offset;  /* bytes of the original packet before this fragment */
    uint32_t fragment_id;      /* identification, the same in all fragments of a packet */
    uint8_t more_fragments;    /* 1: more fragments follow; 0: this is the last */
    uint8_t vlan_count;        /* ids in vlan_ids, at most 8; further VLAN tags are not counted */
    uint16_t vlan_ids[8];      /* VLAN ids, 0 to 4095, from the outermost to the innermost; the tag
                                  beside the frame (vlan_tci) is the first */
    uint16_t arp_operation;    /* ARP operation: 1 request, 2 reply */
    uint16_t echo_id;          /* identifier of an ICMP or ICMPv6 echo */
    uint16_t echo_sequence;    /* sequence number of an ICMP or ICMPv6 echo */
    uint16_t reserved[4];      /* 0 */
};

#define NFLOGCAP_KNOWS_ADDRESSES (UINT32_C(1) << 0) /* source, destination, address_length */
#define NFLOGCAP_KNOWS_PROTOCOL (UINT32_C(1) << 1)  /* protocol, transport_offset */
#define NFLOGCAP_KNOWS_PORTS (UINT32_C(1) << 2)     /* source_port, destination_port */
#define NFLOGCAP_KNOWS_TCP_FLAGS (UINT32_C(1) << 3)
#define NFLOGCAP_KNOWS_ICMP (UINT32_C(1) << 4)     /* icmp_type, icmp_code */
#define NFLOGCAP_KNOWS_ECHO (UINT32_C(1) << 5)     /* echo_id, echo_sequence */
#define NFLOGCAP_KNOWS_FRAGMENT (UINT32_C(1) << 6) /* fragment_*, more_fragments */
#define NFLOGCAP_KNOWS_VLAN (UINT32_C(1) << 7)     /* vlan_count, vlan_ids */
#define NFLOGCAP_KNOWS_ARP (UINT32_C(1) << 8)      /* arp_operation */

/*
 * One direction of a connection: the values of its packets when they arrive, before
 * NAT changes them. A field is valid if its NFLOGCAP_TUPLE_HAS_* bit is set in
 * `has`; otherwise it is 0. Addresses are in network order.
 */
struct nflogcap_tuple {
    uint32_t has;              /* NFLOGCAP_TUPLE_HAS_* bits: which fields are valid */
    uint8_t source[16];        /* source address of packets in this direction */
    uint8_t destination[16];   /* destination address of packets in this direction */
    uint8_t address_length;    /* bytes in source and destination: 4, or 16 with IPv6 */
    uint8_t protocol;          /* IPPROTO_* */
    uint16_t source_port;      /* source port; with GRE the key */
    uint16_t destination_port; /* destination port; with GRE the key */
    uint8_t icmp_type;         /* type of ICMP or ICMPv6 */
    uint8_t icmp_code;         /* code of ICMP or ICMPv6 */
    uint16_t icmp_id;          /* identifier of ICMP or ICMPv6 */
    uint16_t zone;             /* conntrack zone of this direction only */
    uint64_t packets;          /* packets counted in this direction */
    uint64_t bytes;            /* bytes counted in this direction */
    uint32_t reserved[4];      /* 0 */
};

#define NFLOGCAP_TUPLE_HAS_ADDRESSES (UINT32_C(1) << 0) /* source, destination, address_length */
#define NFLOGCAP_TUPLE_HAS_PROTOCOL (UINT32_C(1) << 1)
#define NFLOGCAP_TUPLE_HAS_PORTS (UINT32_C(1) << 2) /* source_port, destination_port */
#define NFLOGCAP_TUPLE_HAS_ICMP (UINT32_C(1) << 3)  /* icmp_type, icmp_code, icmp_id */
#define NFLOGCAP_TUPLE_HAS_ZONE (UINT32_C(1) << 4)
#define NFLOGCAP_TUPLE_HAS_COUNTERS (UINT32_C(1) << 5) /* packets, bytes */

/*
 * The parsed conntrack entry of a packet (its ct and ct_info), as
 * nflogcap_packet_conntrack() fills it in. A field is valid if its
 * NFLOGCAP_CONNTRACK_HAS_* bit is set in `has`; otherwise it is 0 or NULL.
 * protocol_state_name is also NULL if the state has no name. Texts are static.
 */
struct nflogcap_conntrack {
    uint32_t has;           /* NFLOGCAP_CONNTRACK_HAS_* bits: which fields are valid */
    uint32_t id;            /* number of the connection, the same in all its packets */
    uint32_t status;        /* IPS_* bits of <linux/netfilter/nf_conntrack_common.h> */
    uint32_t mark;          /* the connection's mark */
    uint32_t timeout;       /* seconds until the kernel removes the entry, unless another packet of
                               the connection arrives */
    uint16_t zone;          /* conntrack zone of both directions; the kernel omits zone 0 */
    uint8_t protocol_state; /* TCP_CONNTRACK_* of <linux/netfilter/nf_conntrack_tcp.h>; SCTP and
                               DCCP have numbers of their own */
    uint8_t reserved;       /* 0 */
    const char *state;      /* the packet's "ct state" as in nft: "new", "established" or
                               "related" */
    const char *direction;  /* the packet's "ct direction" as in nft: "original" or "reply" */
    const char *protocol_state_name; /* the name of protocol_state, such as "syn_sent", if it has
                                        one */
    nflogcap_tuple original;         /* the direction of the connection's first packet */
    nflogcap_tuple reply;            /* the opposite direction */
};

#define NFLOGCAP_CONNTRACK_HAS_STATE (UINT32_C(1) << 0) /* state, direction */
#define NFLOGCAP_CONNTRACK_HAS_ID (UINT32_C(1) << 1)
#define NFLOGCAP_CONNTRACK_HAS_STATUS (UINT32_C(1) << 2)
#define NFLOGCAP_CONNTRACK_HAS_MARK (UINT32_C(1) << 3)
#define NFLOGCAP_CONNTRACK_HAS_TIMEOUT (UINT32_C(1) << 4)
#define NFLOGCAP_CONNTRACK_HAS_ZONE (UINT32_C(1) << 5)
#define NFLOGCAP_CONNTRACK_HAS_PROTOCOL_STATE (UINT32_C(1) << 6) /* and protocol_state_name */
#define NFLOGCAP_CONNTRACK_HAS_ORIGINAL (UINT32_C(1) << 7)       /* original.has is not 0 */
#define NFLOGCAP_CONNTRACK_HAS_REPLY (UINT32_C(1) << 8)          /* reply.has is not 0 */

/*
 * Counters of a capture or of one of its groups, since the handle was created.
 * Those marked (handle) are 0 in the counters of a group.
 */
struct nflogcap_stats {
    uint64_t received;        /* packets read from the kernel or the savefile */
    uint64_t delivered;       /* packets returned by next and next_batch */
    uint64_t filtered;        /* packets read and rejected by the filter; with a savefile also
                                 packets of groups that were not added, which count for the handle
                                 only */
    uint64_t lost;            /* packets that the kernel numbered and that never arrived: exact */
    uint64_t dropped_batches; /* (handle) batches that the kernel dropped because the socket buffer
                                 was full, as the kernel counts them */
    uint64_t unaccounted_batches; /* (handle) dropped batches not yet reflected in lost: a loss
                                     shows only when the group's next packet arrives; 0: lost is
                                     complete */
    uint64_t truncated;           /* (handle) batches longer than the receive buffer; the packets
                                     cut off are counted in lost */
    uint64_t malformed;           /* (handle) invalid messages; those that the kernel numbered are
                                     also counted in lost */
    uint64_t batches;             /* batches read */
    uint64_t bytes;               /* bytes of the batches read */
    uint64_t socket_buffer;       /* (handle) bytes of socket buffer that the kernel granted, as
                                     SO_RCVBUF reports it: twice the request */
    uint64_t socket_buffer_used;  /* (handle) bytes of socket_buffer that waiting batches occupy; 0
                                     when not capturing */
    uint32_t delivery;            /* (handle) the delivery now in force, NFLOGCAP_BATCHED or
                                     NFLOGCAP_IMMEDIATE; in adaptive mode batched if at least one
                                     group is */
    uint32_t reserved;            /* 0 */
    uint64_t savefile_read;       /* (handle) bytes of the savefile read so far; if it is
                                     compressed, compressed bytes */
    uint64_t savefile_size;       /* (handle) bytes of the savefile when it was opened; 0 without a
                                     savefile, and for a pipe, because its size is unknown */
};

/* Values of nflogcap_set_delivery() */
#define NFLOGCAP_BATCHED 0   /* many packets per batch: least CPU, milliseconds of delay */
#define NFLOGCAP_IMMEDIATE 1 /* one packet per batch: least delay, most CPU */
#define NFLOGCAP_ADAPTIVE 2  /* immediate at a low packet rate, batched at a high one */

/* Kinds of fields, options and counters */
#define NFLOGCAP_INTEGER 1   /* an unsigned integer of `size` bytes */
#define NFLOGCAP_BYTES 2     /* a pointer to bytes; their number is at length_offset */
#define NFLOGCAP_TEXT 3      /* a NUL-terminated string, not necessarily UTF-8 */
#define NFLOGCAP_INTERFACE 4 /* an interface index, 4 bytes; languages add NAME_name */
#define NFLOGCAP_TIME 5      /* nanoseconds since the Unix epoch, 8 bytes */
#define NFLOGCAP_ADDRESS 6   /* an IP address in 16 bytes; its length is at length_offset */
#define NFLOGCAP_LIST 7      /* unsigned integers of `size` bytes; their number: length_offset */
#define NFLOGCAP_BOOLEAN 8   /* "1", "0", "true", "false", "yes", "no", "on" or "off" */
#define NFLOGCAP_PATH 9      /* a path */
#define NFLOGCAP_CHOICE 10   /* one of several names, or its number */
#define NFLOGCAP_GROUPS 11   /* group numbers, separated by commas */
#define NFLOGCAP_TUPLE 12    /* a struct nflogcap_tuple */

/*
 * Descriptions of the library's fields, options and counters, for programs that
 * handle all of them alike: bindings, JSON, manuals, configuration files. They are
 * static and owned by the library.
 */
struct nflogcap_field {
    const char *name;        /* its name in the struct, and in all languages */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "bytes"; "" if it has none */
    uint64_t present;        /* the bit of `present`, `known` or `has` that is set if the field is
                                valid; 0: always valid */
    uint32_t kind;           /* NFLOGCAP_INTEGER and so on */
    uint32_t is_dissected;   /* of nflogcap_field_at(): 0: the field is in struct nflogcap_packet;
                                1: in struct nflogcap_dissection */
    uint32_t offset;         /* offset of the field in that struct, in bytes */
    uint32_t size;           /* bytes of the field; for NFLOGCAP_LIST of one element */
    uint32_t length_offset;  /* offset of the field's length in that struct; 0: it has no length */
    uint32_t length_size;    /* bytes of the field's length; 0: it has no length */
};

struct nflogcap_option {
    const char *name;        /* as nflogcap_set_option() takes it */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "milliseconds"; "" if it has none */
    const char *choices;     /* for NFLOGCAP_CHOICE: names separated by spaces, in the order of
                                their values from 0; else "" */
    uint64_t minimum;        /* for integers and groups; else 0 */
    uint64_t maximum;        /* for integers and groups; else 0 */
    uint64_t default_value;  /* for integers, choices and booleans; else 0 */
    uint32_t kind;           /* NFLOGCAP_INTEGER and so on */
    uint32_t is_live;        /* 1: can be set while capturing; 0: only before the start */
    uint32_t is_repeatable;  /* 1: each value is added; 0: the last value replaces earlier ones */
    uint32_t reserved;       /* 0 */
};

struct nflogcap_counter {
    const char *name;        /* its name in struct nflogcap_stats, and in all languages */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "packets" */
    uint32_t offset;         /* offset of the counter in struct nflogcap_stats, in bytes */
    uint32_t size;           /* bytes of the counter */
    uint32_t is_per_group;   /* 0: counted for the handle only; 1: for each group too */
    uint32_t reserved;       /* 0 */
};

/* Return the description at `index`, from 0 on, in a stable order; NULL past the last. */
const nflogcap_field *nflogcap_field_at(size_t index);
const nflogcap_option *nflogcap_option_at(size_t index);
const nflogcap_counter *nflogcap_counter_at(size_t index);

/* The same for the fields of struct nflogcap_conntrack and struct nflogcap_tuple. */
const nflogcap_field *nflogcap_conntrack_field_at(size_t index);
const nflogcap_field *nflogcap_tuple_field_at(size_t index);

/*
 * Returns the index of the field `name`. -ENOENT if no field has this name: then
 * `error` receives a message that suggests the nearest name. `error` has `capacity`
 * bytes; it can be NULL if `capacity` is 0.
 */
int nflogcap_find_field(const char *name, char *error, size_t capacity);

/*
 * Return the name of a packet's family ("ipv4", "arp", "netdev", "bridge", "ipv6") and
 * of a hook in that family ("prerouting"); hook numbers mean other hooks in the families
 * arp and netdev. The names are static. NULL if no such family or hook exists.
 */
const char *nflogcap_family_name(uint8_t family);
const char *nflogcap_hook_name(uint8_t family, uint8_t hook);

/* The library's version, "1.0.0"; static. */
const char *nflogcap_version(void);

/* The library's version as a number, like NFLOGCAP_VERSION_NUMBER. */
uint32_t nflogcap_version_number(void);

/* Returns the system's text for an error code. The code may be negative or positive. The text is
 * static and never NULL. nflogcap_error() says more about the call that failed. */
const char *nflogcap_strerror(int error);

/*
 * Starts capturing `group_count` groups (1 or more) with default settings:
 * nflogcap_new(), nflogcap_add_group() and nflogcap_start() in one.
 *
 * On failure `error` receives the text of nflogcap_error(), at most `capacity` bytes
 * including the NUL. Pass NULL and 0 if you do not want the text. The errors are those
 * of the three functions.
 */
int nflogcap_open(nflogcap **ret, const uint16_t *groups, size_t group_count, char *error,
                  size_t capacity);

/* Creates a capture, to be set up and started. -ENOMEM, -EMFILE, -ENFILE. */
int nflogcap_new(nflogcap **ret);

/*
 * The functions from here to nflogcap_remove_taps() set up a capture: before
 * nflogcap_start(), or after the capture has ended and before it is started again.
 * At other times they return -EBUSY, except that groups, taps and the filter can
 * change while packets are captured. A value out of range is -ERANGE and changes
 * nothing: the kernel itself accepts invalid values silently.
 */

/*
 * Sets an option by its name, as nflogcap_option_at() lists it, from text:
 * ("snaplen", "96"), ("delivery", "adaptive"), ("groups", "5,6"), ("tap", "udp").
 * Each option does the same as the function with its name. `hook` and the options
 * that begin with `tap_` apply to taps added later. NULL sets the default.
 *
 *   -ENOENT  no option has this name; nflogcap_error() suggests the nearest
 *   -EINVAL  the text is not of the option's kind
 *   -ERANGE  the number is out of range
 */
int nflogcap_set_option(nflogcap *handle, const char *name, const char *value);

/*
 * Adds a group to capture, 0 to 65535. While packets are captured, the group is bound
 * at once; no other group loses a packet, and the current packet stays valid.
 *
 *   -EEXIST  the group was added before
 *   -EBUSY   a savefile is being read, or a stop is in progress
 *
 * and, while packets are captured, the errors of nflogcap_start(). After an error the
 * capture continues unchanged.
 */
int nflogcap_add_group(nflogcap *handle, uint16_t group);

/*
 * Removes a group. While packets are captured, the group is unbound; packets that the
 * kernel had gathered for it are still delivered. The group's counters stay. Batches
 * dropped earlier that may have contained packets of the group stay in
 * unaccounted_batches.
 *
 *   -ENOENT  the group is not captured
 *   -EBUSY   taps log to the group; a savefile is being read, or a stop is in progress
 *   -EPERM   the process has dropped CAP_NET_ADMIN; the group stays captured
 */
int nflogcap_remove_group(nflogcap *handle, uint16_t group);

/* Sets how many bytes of each packet's payload are copied, 0 to 65531 (the kernel's
 * maximum); 0: metadata only. The default is 65528, because tcpdump 4.99 cannot read
 * longer payloads in a savefile. A rule's own snaplen can lower it. */
int nflogcap_set_snaplen(nflogcap *handle, uint32_t bytes);

/*
 * Sets the delivery: NFLOGCAP_BATCHED (default), NFLOGCAP_IMMEDIATE or
 * NFLOGCAP_ADAPTIVE; another value is -EINVAL. The delivery chooses the queue
 * threshold, flush timeout and batch size, unless they are set explicitly.
 *
 * In adaptive mode, explicitly set values apply while a group is batched. A group
 * starts immediate. It becomes batched when it logs 400 packets within 50 ms
 * (8,000 per second), and immediate again when it logs at most 4,000 per second
 * for 50 ms. If privileges were dropped since the start, it no longer changes.
 */
int nflogcap_set_delivery(nflogcap *handle, int delivery);

/* Sets how many packets the kernel gathers before it delivers a batch, 1 or more;
 * the default is 65535 when batched, 1 when immediate. A rule can lower it. */
int nflogcap_set_queue_threshold(nflogcap *handle, uint32_t packets);

/* Sets the longest time that the kernel gathers packets, 0 to 3600000 milliseconds;
 * the default is 10. The kernel rounds up to a multiple of 10; 0 means its next timer
 * tick. */
int nflogcap_set_flush_timeout(nflogcap *handle, uint32_t milliseconds);

/* Sets how many bytes the kernel allocates for a batch (its nlbufsiz), 4096 to 131072;
 * the default is 131072 when batched, 4096 when immediate. Batches can be twice as
 * long. */
int nflogcap_set_batch_size(nflogcap *handle, uint32_t bytes);

/* Sets how many bytes of socket buffer to request, 4096 to 1073741823; the default is
 * 33554432 (32 MiB). Without CAP_NET_ADMIN in the initial user namespace the kernel
 * grants at most net.core.rmem_max: `socket_buffer` of the stats is what it granted. */
int nflogcap_set_socket_buffer(nflogcap *handle, uint32_t bytes);

/* 1 (or any value except 0): packets come with their conntrack entry (ct, ct_info),
 * which nflogcap_packet_conntrack() reads; 0 (default): without. If the kernel cannot
 * send the entries, nflogcap_start() returns -EOPNOTSUPP. */
int nflogcap_set_conntrack(nflogcap *handle, int enabled);

/*
 * Sets the file of the network namespace to capture in, such as /run/netns/blue or
 * /proc/1234/ns/net; NULL (default): the namespace of the thread that calls
 * nflogcap_start(). That function opens the file, and then also returns -ENOENT and
 * the like, -EINVAL if the file is not a network namespace, and -EPERM without
 * CAP_SYS_ADMIN. The calling thread and the process stay in their namespace.
 */
int nflogcap_set_netns(nflogcap *handle, const char *path);

/*
 * Sets the filter: only packets that this expression of pcap-filter(7) matches are
 * delivered; NULL or "" (default): all packets. Can be called at any time, also while
 * capturing: the new filter applies to all packets that next() has not yet returned.
 * Rejected packets are counted (`filtered`). Packets lost before a rejected packet are
 * counted in lost_before of the next packet that its group delivers.
 *
 * The expression is applied to the packet from layer 3 on, as tcpdump does with a
 * savefile of LINKTYPE_RAW, wherever layer 3 begins in the payload: IPv4, IPv6 and
 * other EtherTypes ("arp"), also after VLAN tags. `len` is wire_length without the
 * bytes before layer 3. An expression about the link layer ("ether host", "vlan",
 * "broadcast") is applied to the Ethernet frame that nflogcap_packet_frame() rebuilds,
 * and `len` is the frame's length; if the frame has no Ethernet header, its addresses
 * are 00:00:00:00:00:00. Bytes that the snaplen cut off match nothing. Host names are
 * looked up once, in this call.
 *
 *   -EINVAL  the expression is invalid, or no packet can match it; nflogcap_error()
 *            has libpcap's text, and the previous filter stays in force
 *   -ENOMEM
 */
int nflogcap_set_filter(nflogcap *handle, const char *expression);

/*
 * nflogcap_set_filter() in two steps, so that another thread can use the handle
 * while a host name is looked up, which can take many seconds.
 *
 * nflogcap_filter_new() compiles an expression; NULL or "": a filter that matches all
 * packets. It needs no handle, and any thread may call it. It sets *ret to the filter,
 * which the caller then owns. The errors are those of nflogcap_set_filter(); `error`
 * receives the text, as with nflogcap_open().
 *
 * nflogcap_use_filter() makes a handle use the filter from now on, and does not wait.
 * On success the handle owns the filter, and the caller must not use the pointer any
 * more; on failure the caller still owns the filter. -EINVAL if `filter` is NULL.
 *
 * nflogcap_filter_free() frees a filter that no handle owns; NULL is ignored.
 */
int nflogcap_filter_new(nflogcap_filter **ret, const char *expression, char *error,
                        size_t capacity);
int nflogcap_use_filter(nflogcap *handle, nflogcap_filter *filter);
void nflogcap_filter_free(nflogcap_filter *filter);

/*
 * Sets a pcap or pcapng file to read packets from instead of the kernel; "-": standard
 * input; NULL (default): the kernel. nflogcap_start() opens the file, and then also
 * returns -ENOENT and the like, -EBADMSG if the file is not a savefile, and -EINVAL if
 * its link type is not one of these:
 *   NFLOG            everything that the kernel sent for each packet
 *   RAW, IPV4, IPV6  payload, family and hw_protocol; group and hook are 0
 *   EN10MB           a packet as at netdev ingress: family 5, hook 0, hw_type 1,
 *                    hw_header, hw_address, l2_header, hw_protocol and payload; a VLAN
 *                    tag is in the payload; a frame of less than 14 bytes is malformed
 *
 * Compression: the file can be compressed with gzip, zstd or lz4 (its frame format),
 * whatever its name is, also in several parts that were compressed separately.
 * nflogcap_start() loads the library that decompresses it, and returns -EOPNOTSUPP if
 * that is not installed. A zstd file can need up to 128 MiB of memory (`zstd --long`
 * without a number).
 *
 * Times: timestamp_ns is the record's time, which a program may have shifted.
 * NFLOGCAP_HAS_TIMESTAMP is set if it equals the kernel's time, which stays in the
 * attribute NFULA_TIMESTAMP.
 *
 * Kernel: no privileges are needed, and the kernel's settings have no effect. `lost`
 * is 0, because packets that are missing in a file may have been left out of it on
 * purpose; `seq` still shows gaps.
 *
 * Groups: if groups were added, only their packets are delivered, and the others are
 * counted in `filtered`; without groups all packets are delivered.
 *
 * End: at the end of the file the capture has ended. If the file is damaged or cut,
 * the packets before the damage are delivered; then nflogcap_next() returns -EBADMSG
 * once, and after that -ENODATA.
 *
 * Waiting: nflogcap_start() waits for the writer of a FIFO, and for the file's header
 * (up to 32 MiB) in a pipe. A signal handler that runs meanwhile makes it return
 * -EINTR; nflogcap_stop() makes it return 0, and then nflogcap_next() returns -ENODATA.
 * After -EINTR the handle keeps the open file and the part of the header that it has
 * read, and the next start with the same path continues from there.
 */
int nflogcap_set_savefile(nflogcap *handle, const char *path);

/*
 * Adds a tap: an nftables rule that logs packets to this handle, so that nobody has to
 * write a rule. The tap is in force from the start of the capture, or from now on if
 * the capture runs, until the capture ends. Can be called several times; a packet that
 * two taps match is logged twice.
 *
 * `match` is the part of an nft rule before the verdict, such as "tcp dport 443", for
 * IPv4 and IPv6. A protocol without more, such as "udp", matches all packets of the
 * protocol; NULL or "" matches all packets. A tap never changes a packet's fate: a
 * match that does more than match, such as "tcp dport 22 drop", is refused.
 *
 * `hook` is "prerouting", "input", "forward", "output", "postrouting" or
 * "ingress:DEVICE"; NULL or "": prerouting and output. These two together see all
 * packets that arrive, before anything changes them, and all packets that this host
 * sends. Packets logged at an ingress are of family netdev and of all protocols.
 *
 * Options apply to taps added after them (see nflogcap_set_option()):
 *
 *   tap_priority  the rule's place at its hook; by default -199, right after connection
 *                 tracking and before packets are marked, translated or filtered
 *   tap_prefix    the prefix of the logged packets
 *   tap_limit     the highest rate at which packets are logged
 *   tap_sample    N: only one in N packets is logged
 *
 * A match on `ct` enables connection tracking in the network namespace until the last
 * such tap is removed. With connection tracking the kernel reassembles fragments, so
 * that a router no longer forwards a fragment without the rest of its packet, and it
 * drops packets of new connections while its table is full. No other match enables
 * anything.
 *
 * The rules are in an nftables table of their own, which nobody else can change. The
 * kernel removes the table when the capture ends, the handle is closed or the process
 * ends, also by kill -9, unless a child of fork() still holds the handle.
 *
 * Taps log to the lowest group that the handle has when the first tap is created. If
 * no group was added, the start chooses one that nobody captures, from 65535 down to
 * 65280, and keeps it. No tap can be added to a running capture that has no group.
 *
 * nft checks the match when the tap is created: in nflogcap_start(), or in this
 * function while packets are captured. In that case this function also returns the
 * errors of nflogcap_start(), and after an error the capture continues unchanged.
 *
 *   -EINVAL      an unknown hook; a match that contains a line end, ';' or '#'; a
 *                match that changes a setting of the kernel permanently: `osf`,
 *                `ct bytes`, `ct packets` or `ct avgpkt`; an invalid value of a tap
 *                option
 *   -EBUSY       a savefile is being read, or a stop is in progress
 *   -EOPNOTSUPP  libnftables is not installed
 */
int nflogcap_add_tap(nflogcap *handle, const char *hook, const char *match);

/*
 * Removes the tap that was added with this hook and this match. If there are several,
 * the oldest is removed: to give a tap other options without a gap, add it again and
 * then remove it. While packets are captured, packets that the tap has logged are
 * still delivered.
 *
 *   -ENOENT  no tap has this hook and this match
 *   -EBUSY   a savefile is being read, or a stop is in progress
 */
int nflogcap_remove_tap(nflogcap *handle, const char *hook, const char *match);

/* Removes all taps. */
int nflogcap_remove_taps(nflogcap *handle);

/* Fills `ret` with the first `capacity` captured groups, in ascending order. Returns
 * the number of captured groups. `ret` can be NULL if `capacity` is 0. */
int nflogcap_groups(nflogcap *handle, uint16_t *ret, size_t capacity);

/*
 * Starts the capture: binds the groups, or opens the savefile, and then creates the
 * taps. A stop requested before or during the start takes effect after it.
 *
 *   -EINVAL      no group, tap or savefile was given; a hook without a tap; a match
 *                that nft does not understand (nflogcap_error() has nft's text) or
 *                that does more than match
 *   -EBUSY       the capture has started already
 *   -EPERM       another socket owns a group, or CAP_NET_ADMIN is missing;
 *                nflogcap_error() says which, and names the owner
 *   -EOPNOTSUPP  the kernel lacks NFLOG
 *   -ENODEV      the device of an ingress hook does not exist
 *
 * After a failure no group is bound and no tap exists, and the start can be tried
 * again. A packet that was logged before all settings of its group were in force
 * is not part of the capture: it is neither delivered nor counted.
 */
int nflogcap_start(nflogcap *handle);

/* Returns the group that the taps log to, 0 to 65535. -ENOENT without a tap; -ENOTCONN
 * if no group was added, so that the start will choose it. */
int nflogcap_tap_group(nflogcap *handle);

/*
 * Returns a descriptor for poll, select, epoll or an event loop. It is readable
 * whenever nflogcap_next() would not block, also because packets are queued in the
 * library. With a filter it can be readable although the filter will reject all queued
 * packets: then nflogcap_next() with a timeout of 0 returns 0. It stays the same for
 * the life of the handle and is valid before the start. Never read from it and never
 * close it.
 */
int nflogcap_fd(nflogcap *handle);

/*
 * Waits up to `timeout_ms` milliseconds (-1: for ever, 0: not at all) for the next
 * packet.
 *
 *   1            *ret is the packet
 *   0            the timeout has passed without a packet
 *   -ENODATA     the capture was stopped and all its packets are delivered, or the
 *                savefile is at its end
 *   -ECANCELED   nflogcap_wakeup() was called
 *   -EINTR       a signal handler ran while waiting
 *   -ENOTCONN    the capture has not been started
 *   -EBADMSG     the savefile is damaged after the last packet
 *   -ECHILD      the handle belongs to another process (convention 8)
 *
 * and other negative codes if the socket fails. Lost packets are not an error: the next
 * packet's lost_before counts them.
 *
 * If packets arrive faster than they are rejected, by the filter or because they belong
 * to other groups, nflogcap_next() never blocks: it may exceed its timeout by 10 ms, and
 * notices nflogcap_wakeup() and nflogcap_stop() but no signal. Call one of the two in
 * your signal handler.
 */
int nflogcap_next(nflogcap *handle, const nflogcap_packet **ret, int timeout_ms);

/*
 * Like nflogcap_next() for several packets: waits until there is one, then fills `ret`
 * with up to `capacity` (1 or more) packets that are available without further waiting,
 * all from one batch of the kernel. Returns their number, at most 256.
 */
int nflogcap_next_batch(nflogcap *handle, const nflogcap_packet **ret, size_t capacity,
                        int timeout_ms);

/* Makes the waiting nflogcap_next() return -ECANCELED, or its next call if none waits.
 * Several wakeups before that count as one. Any thread, any signal handler. */
int nflogcap_wakeup(nflogcap *handle);

/*
 * Ends the capture without loss: nflogcap_next() still returns the packets that the
 * kernel holds, then -ENODATA. Any thread, any signal handler.
 *
 * A stop before or during the start takes effect when the start has finished; it ends a
 * start that waits for a savefile's pipe. The groups are unbound by the next call of
 * nflogcap_next() or by nflogcap_close(). If privileges were dropped since the start,
 * the kernel refuses to unbind; then nflogcap_next() continues for one flush timeout,
 * until the kernel has delivered what it gathered. A savefile is read no further.
 */
int nflogcap_stop(nflogcap *handle);

/*
 * Hand-over: another process can continue a running capture without losing a packet,
 * after a restart, an upgrade or a crash. It needs the capture's descriptors, which it
 * receives by SCM_RIGHTS of unix(7), by inheritance, or from a service manager that
 * keeps them (FDSTORE of systemd). In between, packets wait in the kernel's socket
 * buffer; packets that do not fit are counted in lost_before and `lost` of the process
 * that continues.
 */

/*
 * Fills `ret` with the first `capacity` descriptors that another process needs to adopt
 * the capture: shared memory with its state, its socket, and a socket for each table of
 * taps. Returns the number of descriptors, 2 or more. Adding a tap adds a descriptor,
 * and removing taps can remove one. The handle owns them, and keeps the state in the
 * memory up to date. Pass them on; do not read from them or close them, and do not close
 * a duplicate of the first one in this process.
 *
 *   -ENOTCONN  the capture has not been started
 *   -EINVAL    it reads a savefile, is stopped, or is handed over
 */
int nflogcap_descriptors(nflogcap *handle, int *ret, size_t capacity);

/*
 * Ends the capture in this process, and leaves its groups bound and its taps in force
 * for the process that has the descriptors: nflogcap_next() still returns the packets
 * that the kernel holds, then -ENODATA. Then close the handle, and another process can
 * adopt the capture. Any thread, any signal handler.
 *
 * The end takes one flush timeout, at most 100 ms: packets that the kernel gathers for
 * longer are left to the other process. If nflogcap_descriptors() was not called since
 * the start, this function does the same as nflogcap_stop(). nflogcap_close() without
 * this call ends the capture. A process that crashes hands over too: the packets that it
 * received and did not store are lost, and the process that continues counts them.
 */
int nflogcap_hand_over(nflogcap *handle);

/*
 * Continues a capture of another process, with its groups, taps and numbering, instead
 * of nflogcap_start(). Waits up to one second for that process to close its handle or
 * end. Pass all `count` descriptors, in any order. On success they belong to the handle;
 * on failure they stay the caller's.
 *
 *   Options  Those of this handle that differ from the other process's are set, which
 *            requires CAP_NET_ADMIN; so does adaptive delivery.
 *   Taps     Those of this handle replace the other process's; equal ones stay in force
 *            without a gap. If this handle has none, it takes over the other process's.
 *   Groups   Add the same groups as in the other process, or none: then this handle
 *            takes over the other process's. Groups can be added and removed afterwards.
 *
 *   -EBADF            a descriptor is not open
 *   -EBADMSG          the descriptors are not those of one capture, or its groups are no
 *                     longer bound to its socket
 *   -EINVAL           the groups differ
 *   -EXDEV            the socket belongs to another network namespace
 *   -EBUSY            the other process still captures; this handle has started
 *   -ENODATA          that capture has ended
 *   -EPROTONOSUPPORT  a later version handed it over in a form unknown to this one
 *   -EOPNOTSUPP       Linux before 5.14
 *
 * and the errors of nflogcap_start() about options.
 */
int nflogcap_adopt(nflogcap *handle, const int *descriptors, size_t count);

/*
 * Sets the number of the next packet of a group that the program has not yet stored:
 * seq + 1 of the last packet that it stored. A process that adopts the capture expects
 * all packets from this number on, and counts as lost those that it does not receive.
 *
 * Before the first call for a group, its packets count as stored as soon as
 * nflogcap_next() is called again after them; from the first call on, only these calls
 * count. After nflogcap_adopt() and before the first packet of the group, a call counts
 * packets from `seq` on that do not arrive as lost.
 *
 *   -ENOTCONN  the capture has not been started
 *   -ENOENT    the group is not captured
 */
int nflogcap_expect(nflogcap *handle, uint16_t group, uint32_t seq);

/* Sets *ret to the number that the next packet of the group has if no packet is lost.
 * The errors are those of nflogcap_expect(). */
int nflogcap_expected(nflogcap *handle, uint16_t group, uint32_t *ret);

/* Takes the handle from the process that owns it, for a child of fork() (convention
 * 8). In the previous owner all calls except nflogcap_close() then return -ECHILD.
 * Returns 0 also if this process owns the handle already. */
int nflogcap_take_over(nflogcap *handle);

/*
 * Fill `ret`, of `size` bytes (sizeof *ret), with the current counters of the capture or
 * of one of its groups. Any thread may call them; while another thread reads, a packet
 * may be counted as received and not yet as delivered. -EINVAL if `size` is too small;
 * -ENOENT if the group was not added. They do not change nflogcap_error().
 */
int nflogcap_get_stats(nflogcap *handle, nflogcap_stats *ret, size_t size);
int nflogcap_get_group_stats(nflogcap *handle, uint16_t group, nflogcap_stats *ret, size_t size);

/* Returns the name of an interface of a packet, looked up in the network namespace of
 * the capture, unlike if_indextoname(3). Owned by the handle and overwritten by the next
 * call. NULL if the interface no longer exists, before the start, after the end, and
 * with a savefile. */
const char *nflogcap_interface_name(nflogcap *handle, uint32_t index);

/* Returns the name of the machine that captures, as gethostname(2) returned it at the start.
 * Owned by the handle, valid until the next start. NULL before the start, and with a
 * savefile, because a savefile does not hold the name of its machine. */
const char *nflogcap_host_name(nflogcap *handle);

/* Returns what failed last on this handle, why, and what to do; "" before any failure.
 * One line of UTF-8 that is safe to print: control characters and bytes that are not
 * UTF-8 are escaped ("\x1b"). Owned by the handle, valid until its next failure. Never
 * NULL. */
const char *nflogcap_error(const nflogcap *handle);

/* Unbinds the groups and frees everything. Packets not yet read are discarded. */
void nflogcap_close(nflogcap *handle);

/* Returns a copy that outlives the handle, in one allocation; free it with
 * nflogcap_packet_free(). NULL if there is no memory, or if `packet` is NULL. */
nflogcap_packet *nflogcap_packet_clone(const nflogcap_packet *packet);
void nflogcap_packet_free(nflogcap_packet *packet);

/*
 * Makes a packet from a record of LINKTYPE_NFLOG, as libpcap reads it from a file or
 * from its device "nflog:5". The record may be in either byte order and may end within
 * the payload. `timestamp_ns` is in nanoseconds since the Unix epoch. Free the packet
 * with nflogcap_packet_free().
 *
 *   -EBADMSG   it is not such a record
 *   -EMSGSIZE  it has more than 262144 bytes
 *   -EINVAL    `ret` or `record` is NULL
 *   -ENOMEM
 */
int nflogcap_packet_parse(nflogcap_packet **ret, const void *record, size_t length,
                          uint64_t timestamp_ns);

/* Returns the raw bytes of the attribute `type` (a number NFULA_*) of the kernel's message, even if
 * this library does not know the attribute. Sets *ret_length to the number of bytes. NULL if the
 * attribute is absent; then *ret_length is untouched. */
const void *nflogcap_packet_attribute(const nflogcap_packet *packet, uint16_t type,
                                      size_t *ret_length);

/*
 * Rebuilds the frame from the link-layer header, the VLAN tag and the payload, as far as
 * the kernel sent them; without a link-layer header the frame is the payload. A header
 * that may belong to another device, as at postrouting of the ip, ip6 and inet families,
 * is left out. Returns the frame's length. If that is more than `capacity`, only the
 * first `capacity` bytes were written. `buffer` can be NULL if `capacity` is 0.
 */
int nflogcap_packet_frame(const nflogcap_packet *packet, uint8_t *buffer, size_t capacity);

/*
 * Parses the packet's headers into `ret`, of `size` bytes (sizeof *ret): in every
 * family, through any stack of VLAN tags and IPv6 extension headers, up to the end of
 * the payload. -EINVAL if `size` is too small.
 */
int nflogcap_dissect(const nflogcap_packet *packet, nflogcap_dissection *ret, size_t size);

/*
 * Parses the packet's conntrack entry into `ret`, of `size` bytes (sizeof *ret); `has`
 * is 0 if the packet has no entry. A value with a wrong length counts as absent; if an
 * attribute occurs twice, the last one counts. Linux up to 6.18 sends no counters with
 * logged packets. -EINVAL if `size` is too small.
 */
int nflogcap_packet_conntrack(const nflogcap_packet *packet, nflogcap_conntrack *ret, size_t size);

/* Formats of nflogcap_packet_format() */
#define NFLOGCAP_LINE 0           /* one line for people, without a line end */
#define NFLOGCAP_JSON 1           /* one JSON object on one line, without a line end */
#define NFLOGCAP_COLORED_LINE 2   /* NFLOGCAP_LINE with a terminal's colors */
#define NFLOGCAP_NO_TIME 0x100    /* flag, with a line: without the time at its beginning */
#define NFLOGCAP_NO_PAYLOAD 0x200 /* flag, with NFLOGCAP_JSON: without the payload */

/* Returns the name of an interface by its index, or NULL if it has none. */
typedef const char *(*nflogcap_interface_namer)(void *context, uint32_t index);

/*
 * Formats a packet as text: NFLOGCAP_LINE, NFLOGCAP_COLORED_LINE or NFLOGCAP_JSON, which
 * can be or'ed with a flag. JSON has the packet's fields by the names that
 * nflogcap_field_at() lists, and names beside some numbers; the section JSON of
 * nflogcap(1) describes it. Control characters and bytes that are not UTF-8 are escaped.
 *
 *   namer, context  namer(context, index) returns the name of an interface of the packet;
 *                   NULL: interfaces are shown as numbers
 *   host            the member "host" of JSON, such as nflogcap_host_name(); NULL: JSON
 *                   has no such member. Lines never show it.
 *
 * Returns the text's length without its NUL. If that is `capacity` or more, only a part
 * that fits was written, with a NUL. -EINVAL for an unknown format.
 */
int nflogcap_packet_format(const nflogcap_packet *packet, int format,
                           nflogcap_interface_namer namer, void *context, const char *host,
                           char *buffer, size_t capacity);

/*
 * Link types of savefiles, with the numbers of tcpdump.org's list. Wireshark and
 * tcpdump print NFLOG; filters of tcpdump and most other programs need RAW or ETHERNET.
 *
 *   NFLOG     everything that the kernel sent for each packet, byte for byte
 *   RAW       IPv4 and IPv6 packets from their IP headers on; other packets are skipped
 *   ETHERNET  the frame that nflogcap_packet_frame() rebuilds. If the frame has no
 *             Ethernet header, or the kernel has removed another header after it
 *             (PPPoE), the record is the packet from layer 3 on, behind an Ethernet
 *             header with the packet's EtherType and addresses of zeros
 */
#define NFLOGCAP_LINKTYPE_ETHERNET 1
#define NFLOGCAP_LINKTYPE_RAW 101
#define NFLOGCAP_LINKTYPE_NFLOG 239

/*
 * Returns the link type with this name ("nflog", "raw" or "ethernet", in lower or upper
 * case) or this number ("101"). -EINVAL if no link type matches: then `error` receives
 * the text, as with nflogcap_open().
 */
int nflogcap_find_link_type(const char *name, char *error, size_t capacity);

/*
 * Formats of savefiles, both with times in nanoseconds.
 *
 *   PCAP    the format of tcpdump
 *   PCAPNG  contains more:
 *           - an interface for each device (the packet's input interface, else its output
 *             interface), and one for each group that has packets without a device; with
 *             RAW one for all packets, because libpcap cannot read more
 *           - for each packet its direction, unless it is forwarded, and the number of
 *             packets lost before it
 *           - with RAW and ETHERNET a comment for each packet: group, interfaces, mark,
 *             uid, gid and prefix
 *           - at the end of the file, for each interface, how many packets were lost
 *             (isb_ifdrop: the sum over its packets), and how many are in the file or were
 *             lost (isb_ifrecv)
 */
#define NFLOGCAP_FORMAT_PCAP 1
#define NFLOGCAP_FORMAT_PCAPNG 2

/*
 * Compressions of savefiles. A compressed file consists of parts (gzip members or zstd
 * frames): one for each 64 KiB of gathered packets and for each nflogcap_dump_flush().
 * Parts do not depend on each other: if a file is cut, the packets in its complete parts
 * can be read. Small parts compress badly: flush seldom.
 */
#define NFLOGCAP_COMPRESSION_NONE 1
#define NFLOGCAP_COMPRESSION_GZIP 2
#define NFLOGCAP_COMPRESSION_ZSTD 3

/* Options of a savefile. 0 or NULL means the default. */
struct nflogcap_dump_options {
    uint32_t link_type;   /* NFLOGCAP_LINKTYPE_*; by default NFLOG */
    uint32_t format;      /* NFLOGCAP_FORMAT_*; by default PCAPNG if the path ends in ".pcapng",
                             ".pcapng.gz" or ".pcapng.zst", else PCAP */
    uint32_t compression; /* NFLOGCAP_COMPRESSION_*; by default GZIP if the path ends in ".gz",
                             ZSTD if it ends in ".zst", else NONE */
    uint32_t reserved;    /* 0 */
    nflogcap_interface_namer interface_name; /* returns names for the interfaces of PCAPNG; by
                                                default they are named by index ("#3");
                                                nflogcap_dump_packet() calls it */
    void *context;                           /* passed to interface_name */
};

/*
 * Creates a savefile, or empties an existing one, and writes its header; "-": standard
 * output. `options` has `size` bytes (sizeof *options); NULL and 0: all defaults. Like a
 * capture, a savefile is used by one thread at a time and belongs to one process.
 *
 *   -EINVAL      an unknown link type, format or compression; a member that the library
 *                does not know is not 0
 *   -EOPNOTSUPP  zlib or libzstd is not installed; this function loads it
 *   -ENOENT, -ENOSPC, -EPIPE and the like
 *   -EINTR       a signal handler without SA_RESTART ran during the wait for the reader
 *                of a FIFO
 *
 * After -EINVAL and -EOPNOTSUPP an existing file is unchanged. On failure `error`
 * receives the text, as with nflogcap_open().
 */
int nflogcap_dump_open(nflogcap_dump **ret, const char *path, const nflogcap_dump_options *options,
                       size_t size, char *error, size_t capacity);

/*
 * Writes a packet of any capture, or a clone, in the form of the file's link type, with
 * its timestamp_ns. Packets are gathered, up to 64 KiB, until nflogcap_dump_flush(). If
 * writing fails, this packet is not accepted; earlier packets that could not be written
 * are kept, and the next call that succeeds writes them. A regular file then ends with a
 * complete packet, or with a complete part if it is compressed.
 *
 *   0          the packet is accepted
 *   1          the packet is skipped and counted, because the link type cannot represent
 *              it: RAW skips packets that are not IPv4 or IPv6 and packets without any
 *              payload; ETHERNET skips packets that have no link-layer header and an
 *              unknown EtherType
 *   -ENOSPC, -EPIPE and the like
 *   -EINTR     a signal handler ran while a pipe was full
 *   -EMSGSIZE  the record would have more than 262144 bytes
 *   -ECHILD    the savefile belongs to another process (convention 8)
 *
 * A pipe without a reader also raises SIGPIPE, and a file that would become longer than
 * RLIMIT_FSIZE raises SIGXFSZ, as with write(2): ignore these signals to get -EPIPE and
 * -EFBIG.
 */
int nflogcap_dump_packet(nflogcap_dump *dump, const nflogcap_packet *packet);

/* Writes the gathered packets to the file, so that others can read them. The errors are
 * those of nflogcap_dump_packet(). */
int nflogcap_dump_flush(nflogcap_dump *dump);

/* Returns the length of the file in bytes, including its header and the gathered
 * packets. In a compressed file, gathered packets count with their uncompressed size. */
int64_t nflogcap_dump_position(const nflogcap_dump *dump);

/* Returns how many packets of this process were written completely: those that are in
 * the file, if it is a regular file, also after a failure. Other accepted packets are
 * still gathered. */
int64_t nflogcap_dump_written(const nflogcap_dump *dump);

/* Returns how many packets nflogcap_dump_packet() has skipped in this process. */
int64_t nflogcap_dump_skipped(const nflogcap_dump *dump);

/* Returns what failed last on this savefile, why, and what to do; "" before any failure.
 * Owned by the handle, valid until its next failure. Never NULL. */
const char *nflogcap_dump_error(const nflogcap_dump *dump);

/* Takes the savefile from the process that owns it, as nflogcap_take_over() does. */
int nflogcap_dump_take_over(nflogcap_dump *dump);

/* Writes the gathered packets and the counters at the end of a PCAPNG file, closes the
 * file and frees everything, also on failure: packets that could not be written are then
 * lost. In a process that does not own the savefile it writes nothing and returns
 * -ECHILD. */
int nflogcap_dump_close(nflogcap_dump *dump);

#ifdef __cplusplus
}
#endif

#endif
