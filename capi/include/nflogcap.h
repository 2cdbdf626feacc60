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
 *     descriptions. A struct that the caller allocates is passed with its size:
 *     behind what the library knows a larger one is filled with zeros, or must
 *     have zeros if the library reads it. A size smaller than the struct's first
 *     released version is -EINVAL.
 *  7. The library never prints, never ends the process, installs no signal
 *     handlers and keeps no global state.
 *  8. After fork() a handle belongs to the process that made it. While that
 *     process lives, calls in the child return -ECHILD and do the owner no harm;
 *     nflogcap_close() in the child frees the child's memory and descriptors
 *     only. When the owner has ended, as the parent does in daemon(3), the
 *     handle belongs to the first process that uses it, with all that it holds.
 *     Because the owner may be about to end, the child's first call waits up to
 *     one second for that; nflogcap_wakeup() and nflogcap_stop() never wait.
 *     nflogcap_take_over() takes a handle from an owner that lives. Captures and
 *     savefiles behave alike.
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

/* Room for the longest error text, in bytes with its NUL. */
#define NFLOGCAP_ERROR_SIZE 1024

typedef struct nflogcap nflogcap;                           /* a capture; opaque */
typedef struct nflogcap_filter nflogcap_filter;             /* a compiled filter; opaque */
typedef struct nflogcap_dump nflogcap_dump;                 /* a savefile being written; opaque */
typedef struct nflogcap_packet nflogcap_packet;             /* a packet's fields */
typedef struct nflogcap_dissection nflogcap_dissection;     /* what a packet's headers say */
typedef struct nflogcap_conntrack nflogcap_conntrack;       /* the connection of a packet */
typedef struct nflogcap_tuple nflogcap_tuple;               /* one direction of a connection */
typedef struct nflogcap_stats nflogcap_stats;               /* counters */
typedef struct nflogcap_dump_options nflogcap_dump_options; /* how a savefile is written */
typedef struct nflogcap_field nflogcap_field;               /* describes a field */
typedef struct nflogcap_option nflogcap_option;             /* describes an option */
typedef struct nflogcap_counter nflogcap_counter;           /* describes a counter */

/*
 * A packet as the kernel logged it. It is public so that reading a field costs a
 * load and not a call. An optional field is valid if its NFLOGCAP_HAS_* bit is
 * set in `present`; otherwise it is 0 or NULL. Interfaces are indexes in the
 * network namespace of the capture; nflogcap_interface_name() names them.
 */
struct nflogcap_packet {
    uint64_t present;        /* NFLOGCAP_HAS_* bits: which optional fields are valid */
    const uint8_t *payload;  /* the packet; from layer 3 on in the ip, ip6 and inet families */
    uint32_t payload_length; /* bytes at payload: at most the snaplen; 0 with metadata only */
    uint32_t wire_length;    /* bytes of the payload before the snaplen cut it: from the IP or ARP
                                header with NFLOGCAP_HAS_WIRE_LENGTH, else payload_length, and it
                                may have been longer */
    uint64_t timestamp_ns;   /* when it was logged: the kernel's time with NFLOGCAP_HAS_TIMESTAMP
                                (in steps of 1000), else an estimate between those of its group's
                                neighbours; the record's time in a savefile */
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
    uint32_t physindev;      /* index of the bridge port that the packet came in by */
    uint32_t physoutdev;     /* index of the bridge port that the packet leaves by */
    uint32_t uid;            /* user id of the local socket that sent the packet */
    uint32_t gid;            /* group id of the local socket that sent the packet */
    uint32_t seq;            /* number within the group since its binding; wraps */
    uint32_t seq_global;     /* number within the network namespace; wraps */
    uint32_t ct_info;        /* IP_CT_* of <linux/netfilter/nf_conntrack_common.h> */
    const char *prefix;      /* the rule's prefix, up to 127 bytes; "" from an nft rule without
                                one */
    const uint8_t *hw_address;  /* the sender's link-layer address */
    const uint8_t *hw_header;   /* link-layer header that the packet came in with */
    const uint8_t *l2_header;   /* link-layer header, in the bridge and netdev families */
    const uint8_t *ct;          /* conntrack entry: the attributes nested in NFULA_CT, raw */
    const uint8_t *message;     /* the kernel's whole message: struct nfgenmsg, then attributes. The
                                   record of a LINKTYPE_NFLOG savefile. */
    uint32_t ct_length;         /* bytes at ct */
    uint32_t message_length;    /* bytes at message */
    uint16_t hw_address_length; /* bytes at hw_address, at most 8 */
    uint16_t hw_header_length;  /* bytes at hw_header */
    uint16_t l2_header_length;  /* bytes at l2_header */
    uint16_t vlan_tci;          /* VLAN tag beside the frame, not in it */
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
 * What the headers in a packet's payload say, as nflogcap_dissect() fills it. A
 * field is valid if its NFLOGCAP_KNOWS_* bit is set in `known`; otherwise it is 0.
 * Addresses are in network order.
 */
struct nflogcap_dissection {
    uint32_t known;            /* NFLOGCAP_KNOWS_* bits: which fields are valid */
    uint32_t network_offset;   /* bytes in payload before the layer 3 header */
    uint32_t transport_offset; /* bytes in payload before the layer 4 header; 0 if the payload
                                  ends before it, as in all fragments but the first */
    uint16_t ether_type;       /* EtherType of layer 3, behind all VLAN tags; 0 if unknown */
    uint8_t ip_version;        /* 4 or 6; 0 if layer 3 is not IP */
    uint8_t protocol;          /* IPPROTO_*, behind all IPv6 extension headers */
    uint8_t source[16];        /* source address; the sender's with ARP */
    uint8_t destination[16];   /* destination address; the target's with ARP */
    uint8_t address_length;    /* bytes in source and destination: 4, or 16 with IPv6 */
    uint8_t tcp_flags;         /* TH_* of <netinet/tcp.h>, bits 0 to 7 */
    uint8_t icmp_type;         /* type of ICMP or ICMPv6 */
    uint8_t icmp_code;         /* code of ICMP or ICMPv6 */
    uint16_t source_port;      /* source port of TCP, UDP, UDP-Lite, SCTP or DCCP */
    uint16_t destination_port; /* destination port of TCP, UDP, UDP-Lite, SCTP or DCCP */
    uint32_t fragment_offset;  /* bytes of the original packet before this fragment */
    uint32_t fragment_id;      /* the same number in all fragments of a packet */
    uint8_t more_fragments;    /* 1: more fragments follow; 0: this is the last */
    uint8_t vlan_count;        /* ids in vlan_ids, at most 8; further VLAN tags are not counted */
    uint16_t vlan_ids[8];      /* VLAN ids, 0 to 4095, from the outermost inwards: first that of
                                  the tag beside the frame */
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
 * One direction of a connection: what its packets have when they arrive, before NAT
 * changes them. A field is valid if its NFLOGCAP_TUPLE_HAS_* bit is set in `has`;
 * otherwise it is 0. Addresses are in network order.
 */
struct nflogcap_tuple {
    uint32_t has;              /* NFLOGCAP_TUPLE_HAS_* bits: which fields are valid */
    uint8_t source[16];        /* source address of packets in this direction */
    uint8_t destination[16];   /* destination address of packets in this direction */
    uint8_t address_length;    /* bytes in source and destination: 4, or 16 with IPv6 */
    uint8_t protocol;          /* IPPROTO_* */
    uint16_t source_port;      /* source port, or the key of GRE */
    uint16_t destination_port; /* destination port, or the key of GRE */
    uint8_t icmp_type;         /* type of ICMP or ICMPv6 */
    uint8_t icmp_code;         /* code of ICMP or ICMPv6 */
    uint16_t icmp_id;          /* identifier of ICMP or ICMPv6 */
    uint16_t zone;             /* conntrack zone of this direction alone */
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
 * What the conntrack entry of a packet (its ct and ct_info) says, as
 * nflogcap_packet_conntrack() fills it. A field is valid if its
 * NFLOGCAP_CONNTRACK_HAS_* bit is set in `has`; otherwise it is 0 or NULL. A
 * protocol_state without a name has NULL as its name too. Texts are static.
 */
struct nflogcap_conntrack {
    uint32_t has;           /* NFLOGCAP_CONNTRACK_HAS_* bits: which fields are valid */
    uint32_t id;            /* number of the connection, the same in all its packets */
    uint32_t status;        /* IPS_* bits of <linux/netfilter/nf_conntrack_common.h> */
    uint32_t mark;          /* the connection's mark */
    uint32_t timeout;       /* seconds until the kernel forgets the connection, unless a packet
                               of it comes */
    uint16_t zone;          /* conntrack zone of both directions; the kernel omits zone 0 */
    uint8_t protocol_state; /* TCP_CONNTRACK_* of <linux/netfilter/nf_conntrack_tcp.h>; of SCTP
                               and DCCP the numbers of their own */
    uint8_t reserved;       /* 0 */
    const char *state;      /* of the packet, as nft's "ct state": "new", "established" or
                               "related" */
    const char *direction;  /* of the packet, as nft's "ct direction": "original" or "reply" */
    const char *protocol_state_name; /* the name of protocol_state, such as "syn_sent", if it has
                                        one */
    nflogcap_tuple original;         /* the direction of the packet that began the connection */
    nflogcap_tuple reply;            /* the direction of the answers */
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
 * Counters of a capture or of one of its groups, since the handle was made.
 * Those marked (handle) are 0 in a group's.
 */
struct nflogcap_stats {
    uint64_t received;        /* packets read from the kernel or the savefile */
    uint64_t delivered;       /* packets returned by next and next_batch */
    uint64_t filtered;        /* packets read and rejected by the filter; of a savefile also
                                 packets of groups that were not added (those only in the
                                 handle's) */
    uint64_t lost;            /* packets that the kernel numbered and that never arrived: exact */
    uint64_t dropped_batches; /* (handle) batches that the full socket refused, by the kernel's
                                 count */
    uint64_t unaccounted_batches; /* (handle) dropped batches not yet reflected in lost: a loss
                                     shows only when the group's next packet arrives; 0: lost is
                                     complete */
    uint64_t truncated;           /* (handle) batches longer than the receive buffer; the packets
                                     that were cut off are in lost */
    uint64_t malformed;           /* (handle) messages that are not valid; those that the kernel
                                     numbered are in lost too */
    uint64_t batches;             /* batches read */
    uint64_t bytes;               /* bytes of the batches read */
    uint64_t socket_buffer;       /* (handle) bytes of socket buffer that the kernel granted, as
                                     SO_RCVBUF reports it: twice the request */
    uint64_t socket_buffer_used;  /* (handle) bytes of socket_buffer that waiting batches take up;
                                     0 when not capturing */
    uint32_t delivery;            /* (handle) NFLOGCAP_BATCHED or NFLOGCAP_IMMEDIATE, now in force;
                                     in adaptive mode batched as soon as one group is */
    uint32_t reserved;            /* 0 */
    uint64_t savefile_read;       /* (handle) bytes of the savefile read so far; of a compressed
                                     one its compressed bytes */
    uint64_t savefile_size;       /* (handle) bytes of the savefile, when it was opened; 0 without
                                     one, and if its size is not known: a pipe */
};

/* Values of nflogcap_set_delivery() */
#define NFLOGCAP_BATCHED 0   /* many packets per batch: least CPU, milliseconds of delay */
#define NFLOGCAP_IMMEDIATE 1 /* one packet per batch: least delay, most CPU */
#define NFLOGCAP_ADAPTIVE 2  /* immediate at a low packet rate, batched at a high one */

/* Kinds of fields, options and counters */
#define NFLOGCAP_INTEGER 1   /* an unsigned integer of `size` bytes */
#define NFLOGCAP_BYTES 2     /* a pointer to bytes, whose number is at length_offset */
#define NFLOGCAP_TEXT 3      /* a NUL-terminated string, not necessarily UTF-8 */
#define NFLOGCAP_INTERFACE 4 /* an interface index, 4 bytes; languages add NAME_name */
#define NFLOGCAP_TIME 5      /* nanoseconds since the Unix epoch, 8 bytes */
#define NFLOGCAP_ADDRESS 6   /* an IP address of 16 bytes, whose length is at length_offset */
#define NFLOGCAP_LIST 7      /* unsigned integers of `size` bytes, their number at length_offset */
#define NFLOGCAP_BOOLEAN 8   /* "1", "0", "true", "false", "yes", "no", "on" or "off" */
#define NFLOGCAP_PATH 9      /* a path */
#define NFLOGCAP_CHOICE 10   /* one of several names, or its number */
#define NFLOGCAP_GROUPS 11   /* group numbers, separated by commas */
#define NFLOGCAP_TUPLE 12    /* a struct nflogcap_tuple */

/*
 * Descriptions of what the library has, for programs that handle all of it alike:
 * bindings, JSON, manuals, configuration files. Static, owned by the library.
 */
struct nflogcap_field {
    const char *name;        /* its name in the struct, and in all languages */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "bytes"; "" if it has none */
    uint64_t present;        /* bit of `present`, of `known`, or of `has`, that says whether it is
                                valid; 0: always valid */
    uint32_t kind;           /* NFLOGCAP_INTEGER and so on */
    uint32_t is_dissected;   /* nflogcap_field_at(): 0: in struct nflogcap_packet; 1: in struct
                                nflogcap_dissection */
    uint32_t offset;         /* bytes before it in that struct */
    uint32_t size;           /* bytes that it takes up there; of one element in a list */
    uint32_t length_offset;  /* bytes before its length in that struct; 0: it has no length */
    uint32_t length_size;    /* bytes that its length takes up; 0: it has no length */
};

struct nflogcap_option {
    const char *name;        /* as nflogcap_set_option() takes it */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "milliseconds"; "" if it has none */
    const char *choices;     /* of NFLOGCAP_CHOICE: names separated by spaces, from value 0 on;
                                else "" */
    uint64_t minimum;        /* of integers and groups; else 0 */
    uint64_t maximum;        /* of integers and groups; else 0 */
    uint64_t default_value;  /* of integers, choices and booleans; else 0 */
    uint32_t kind;           /* NFLOGCAP_INTEGER and so on */
    uint32_t is_live;        /* 1: may be set while capturing; 0: before the start only */
    uint32_t is_repeatable;  /* 1: each value is added; 0: the last value holds */
    uint32_t reserved;       /* 0 */
};

struct nflogcap_counter {
    const char *name;        /* its name in struct nflogcap_stats, and in all languages */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "packets" */
    uint32_t offset;         /* bytes before it in struct nflogcap_stats */
    uint32_t size;           /* bytes that it takes up there */
    uint32_t is_per_group;   /* 0: of the handle alone; 1: of each group too */
    uint32_t reserved;       /* 0 */
};

/* The description at `index`, 0 and up, in a stable order; NULL past the last. */
const nflogcap_field *nflogcap_field_at(size_t index);
const nflogcap_option *nflogcap_option_at(size_t index);
const nflogcap_counter *nflogcap_counter_at(size_t index);

/* The same for the fields of struct nflogcap_conntrack and struct nflogcap_tuple. */
const nflogcap_field *nflogcap_conntrack_field_at(size_t index);
const nflogcap_field *nflogcap_tuple_field_at(size_t index);

/*
 * The index of the field `name`. -ENOENT if there is none: then `error` (of
 * `capacity` bytes, NULL with 0) receives words that name the nearest field.
 */
int nflogcap_find_field(const char *name, char *error, size_t capacity);

/*
 * The names of a packet's family ("ipv4", "arp", "netdev", "bridge", "ipv6") and of a
 * hook of that family ("prerouting"): the same number is another hook in the families
 * arp and netdev. Static; NULL if there is no such family or hook.
 */
const char *nflogcap_family_name(uint8_t family);
const char *nflogcap_hook_name(uint8_t family, uint8_t hook);

/* The library's version, "1.0.0"; static. */
const char *nflogcap_version(void);

/* The library's version as a number, like NFLOGCAP_VERSION_NUMBER. */
uint32_t nflogcap_version_number(void);

/* The system's words for an error code, negative or positive; static, never NULL.
 * nflogcap_error() says more about the call that failed. */
const char *nflogcap_strerror(int error);

/*
 * Starts capturing `group_count` groups (1 or more) with default settings:
 * nflogcap_new(), nflogcap_add_group() and nflogcap_start() in one.
 *
 * On failure `error` receives the words of nflogcap_error(): up to `capacity` bytes
 * with the NUL; NULL with 0 if they are not wanted. Errors as of the three.
 */
int nflogcap_open(nflogcap **ret, const uint16_t *groups, size_t group_count, char *error,
                  size_t capacity);

/* Makes a capture that is yet to be set up and started. -ENOMEM, -EMFILE, -ENFILE. */
int nflogcap_new(nflogcap **ret);

/*
 * The functions from here to nflogcap_remove_tap() set up a capture before
 * nflogcap_start(), or after it has ended and before it is started again;
 * otherwise they return -EBUSY, but for groups, taps and the filter, which can
 * change while packets are captured. A value out of range is -ERANGE and changes
 * nothing: the kernel itself accepts bad values silently.
 */

/*
 * Sets an option by its name, as nflogcap_option_at() lists it, from text:
 * ("snaplen", "96"), ("delivery", "adaptive"), ("groups", "5,6"), ("tap", "udp").
 * Each option does what the function of its name does. `hook` and those that begin
 * with `tap_` are for the taps that are added after them. NULL sets the default.
 *
 *   -ENOENT  there is no such option; the words name the nearest
 *   -EINVAL  the text is not of the option's kind
 *   -ERANGE  the number is out of range
 */
int nflogcap_set_option(nflogcap *handle, const char *name, const char *value);

/*
 * Captures this group too, 0 to 65535. While packets are captured, it binds the group
 * at once; no other group loses a packet, and the packet at hand stays valid.
 *
 *   -EEXIST  it was added before
 *   -EBUSY   a savefile is being read, or a stop is under way
 *
 * and, while packets are captured, the errors of nflogcap_start(): then the capture
 * goes on as before.
 */
int nflogcap_add_group(nflogcap *handle, uint16_t group);

/*
 * Captures this group no longer. While packets are captured, it unbinds the group;
 * what the kernel had of it until then is still delivered. The counters of the group
 * stay. Batches that the socket had refused before, and that may have held packets of
 * it, stay in unaccounted_batches.
 *
 *   -ENOENT  it is not captured
 *   -EBUSY   taps log to it; a savefile is being read, or a stop is under way
 *   -EPERM   the process has dropped CAP_NET_ADMIN; the group stays captured
 */
int nflogcap_remove_group(nflogcap *handle, uint16_t group);

/* Bytes of payload to copy of each packet, 0 to 65531 (the kernel's maximum), 65528 by
 * default: tcpdump 4.99 cannot read longer ones in a savefile. 0: metadata only. A
 * rule's own snaplen can lower it. */
int nflogcap_set_snaplen(nflogcap *handle, uint32_t bytes);

/*
 * NFLOGCAP_BATCHED (default), NFLOGCAP_IMMEDIATE or NFLOGCAP_ADAPTIVE; another
 * value is -EINVAL. Chooses the queue threshold, flush timeout and batch size,
 * unless they are set explicitly.
 *
 * In adaptive mode, explicitly set values apply while a group is batched. A group
 * starts immediate. It becomes batched when it logs 400 packets within 50 ms
 * (8,000 per second), and immediate again when it logs at most 4,000 per second
 * for 50 ms. It stays as it is if privileges were dropped since the start.
 */
int nflogcap_set_delivery(nflogcap *handle, int delivery);

/* Packets that the kernel gathers before it delivers a batch, 1 or more; the
 * default is 65535 when batched, 1 when immediate. A rule can lower it. */
int nflogcap_set_queue_threshold(nflogcap *handle, uint32_t packets);

/* Longest time that the kernel gathers, 0 to 3600000 milliseconds; the default is
 * 10. The kernel counts in units of 10, rounded up; 0 is its next timer tick. */
int nflogcap_set_flush_timeout(nflogcap *handle, uint32_t milliseconds);

/* Bytes that the kernel allocates for a batch (its nlbufsiz), 4096 to 131072; the
 * default is 131072 when batched, 4096 when immediate. Batches can be twice as long. */
int nflogcap_set_batch_size(nflogcap *handle, uint32_t bytes);

/* Bytes of socket buffer to request, 4096 to 1073741823; the default is 33554432
 * (32 MiB). Without CAP_NET_ADMIN in the initial user namespace the kernel grants
 * at most net.core.rmem_max: `socket_buffer` of the stats says what it granted. */
int nflogcap_set_socket_buffer(nflogcap *handle, uint32_t bytes);

/* Not 0: packets come with their conntrack entry (ct, ct_info), which
 * nflogcap_packet_conntrack() reads. If the kernel cannot send it, nflogcap_start()
 * returns -EOPNOTSUPP. The default is 0. */
int nflogcap_set_conntrack(nflogcap *handle, int enabled);

/*
 * Captures in the network namespace of this file, such as /run/netns/blue or
 * /proc/1234/ns/net; NULL: in that of the thread that starts (default).
 * nflogcap_start() opens the file, and then also returns -ENOENT and the like,
 * -EINVAL if it is not a network namespace, -EPERM without CAP_SYS_ADMIN. The
 * calling thread and the process stay in their namespace.
 */
int nflogcap_set_netns(nflogcap *handle, const char *path);

/*
 * Delivers only the packets that this expression of pcap-filter(7) matches; NULL
 * or "": all (default). May be called at any time, while capturing too: packets
 * that next has not returned yet are judged by the new filter. Rejected packets
 * are counted (`filtered`). What was lost before one is in lost_before of the next
 * packet that its group delivers.
 *
 * The expression sees the packet from layer 3 on, as with tcpdump on a savefile of
 * LINKTYPE_RAW, wherever layer 3 begins in the payload: IPv4, IPv6 and other
 * EtherTypes ("arp"), behind VLAN tags too. `len` is wire_length without the bytes
 * before layer 3. An expression about the link layer ("ether host", "vlan",
 * "broadcast") sees the Ethernet frame that nflogcap_packet_frame() rebuilds, and
 * `len` is the frame's; if the frame has no Ethernet header, its addresses are
 * 00:00:00:00:00:00. Bytes that the snaplen cut off match nothing. Host names are
 * looked up once, in this call.
 *
 * -EINVAL, with libpcap's words in nflogcap_error(), if the expression is wrong or
 * no packet can match it: then the previous filter stays in force. -ENOMEM.
 */
int nflogcap_set_filter(nflogcap *handle, const char *expression);

/*
 * nflogcap_set_filter() in two steps, so that another thread can use the handle
 * while the name of a host is looked up, which can take many seconds.
 *
 * nflogcap_filter_new() compiles an expression, and needs no handle: any thread may
 * call it. NULL or "" is a filter that matches all. It sets *ret to the filter,
 * which is the caller's. Errors are those of nflogcap_set_filter(), and are
 * described in error, as nflogcap_open() does it.
 *
 * nflogcap_use_filter() has a handle use the filter from now on. It does not wait.
 * The handle then owns the filter, and the pointer is no longer valid. If it fails
 * the caller still owns the filter. -EINVAL if filter is NULL.
 *
 * nflogcap_filter_free() frees a filter that no handle owns; NULL is ignored.
 */
int nflogcap_filter_new(nflogcap_filter **ret, const char *expression, char *error,
                        size_t capacity);
int nflogcap_use_filter(nflogcap *handle, nflogcap_filter *filter);
void nflogcap_filter_free(nflogcap_filter *filter);

/*
 * Reads packets from this pcap or pcapng file instead of the kernel; "-": from
 * standard input; NULL: from the kernel (default). nflogcap_start() opens it, and
 * then also returns -ENOENT and the like, -EBADMSG if it is not a savefile, and
 * -EINVAL if its link type is not one of these:
 *   NFLOG            all that the kernel sent of each packet
 *   RAW, IPV4, IPV6  payload, family and hw_protocol; group and hook are 0
 *   EN10MB           a packet as at netdev ingress: family 5, hook 0, hw_type 1,
 *                    hw_header, hw_address, l2_header, hw_protocol and payload; a VLAN
 *                    tag is in the payload; a frame of less than 14 bytes is malformed
 *
 * The file may be compressed with gzip, zstd or lz4 (its frame format), whatever its
 * name is, and consist of several parts that were compressed one by one. The start
 * loads the library that decompresses it: -EOPNOTSUPP without. A zstd file may need up
 * to 128 MiB of memory (`zstd --long` without a number).
 *
 * Times are those of the records, which may have been moved: NFLOGCAP_HAS_TIMESTAMP
 * is set if a record's time is also the kernel's. That stays in the attribute
 * NFULA_TIMESTAMP. The kernel takes no part: no privileges are needed, its settings
 * have no effect, and `lost` is 0, because packets that are missing in a file may have
 * been left out of it (`seq` still shows gaps). If groups were added only their packets
 * are delivered, and the others are counted as filtered; without groups all are
 * delivered. At the end of the file the capture has ended. If the file is damaged or
 * cut, the packets before the damage are delivered; then nflogcap_next() returns
 * -EBADMSG once, and then -ENODATA. The start waits for the writer of a FIFO, and for
 * the file's header in a pipe, which may have up to 32 MiB; a signal handler that runs
 * meanwhile ends it with -EINTR, and nflogcap_stop() with 0, after which
 * nflogcap_next() returns -ENODATA. After -EINTR the handle keeps the open file and what
 * it has read of the header, and the next start of the same path goes on there.
 */
int nflogcap_set_savefile(nflogcap *handle, const char *path);

/*
 * Adds a tap: an nftables rule that logs to this handle from the start of the
 * capture, or from now on if it runs, to its end, so that nobody has to write one.
 * May be called several times; a packet that two taps match is logged twice.
 *
 * `match` is what stands before the verdict in an nft rule, "tcp dport 443", for
 * IPv4 and IPv6; a protocol alone, "udp", matches all of it; NULL or "": all
 * packets. `hook` is "prerouting", "input", "forward", "output", "postrouting" or
 * "ingress:DEVICE"; NULL or "": prerouting and output, which together see all that
 * comes in, before anything changes it, and all that this host sends. The rule
 * stands right after connection tracking (priority -199), before packets are
 * marked, translated or filtered at that hook; the option tap_priority sets another
 * place. The options tap_prefix, tap_limit and tap_sample set a prefix of the
 * packets, the rate up to which they are logged, and that one of so many is logged.
 * None of these does anything to the packets themselves.
 *
 * A tap only looks: a match that does more than match, such as "tcp dport 22 drop",
 * is refused.
 *
 * A match on `ct` turns on connection tracking in the network namespace until the
 * last such tap is removed. With connection tracking the kernel reassembles
 * fragments, so a router no longer forwards a fragment without the rest of its
 * packet, and it drops packets of new connections while its table is full. No other
 * match turns anything on.
 *
 * Packets from an ingress are of family netdev, and of all protocols.
 *
 * The rules stand in an nftables table of their own, which nobody else can change.
 * The kernel removes it when the capture ends, the handle is closed or the process
 * ends, by kill -9 too, unless a child of fork() still holds the handle.
 *
 * Taps log to the lowest of the handle's groups when the first one is laid. If no
 * group was added, the start chooses one that nobody captures, from 65535 down to
 * 65280, and keeps it. A capture that runs without any group has no place for a tap.
 *
 * What nft says about the match is reported when the tap is laid: by
 * nflogcap_start(), or by this function while packets are captured. It then has the
 * errors of both functions, and after an error the capture goes on unchanged.
 *
 *   -EINVAL      another hook; a match with a line end, ';' or '#' in it; a match
 *                that changes a setting of the kernel for good: on `osf` or on
 *                `ct bytes`, `ct packets` or `ct avgpkt`; an option of taps that has
 *                another form
 *   -EBUSY       a savefile is being read, or a stop is under way
 *   -EOPNOTSUPP  libnftables is not installed
 */
int nflogcap_add_tap(nflogcap *handle, const char *hook, const char *match);

/*
 * Removes a tap, named as it was added; of several that are the same, the one that
 * was added first: so a tap can be replaced by one with other options and no gap.
 * While packets are captured, what it has logged is still delivered.
 *
 *   -ENOENT  no tap has this hook and this match
 *   -EBUSY   a savefile is being read, or a stop is under way
 */
int nflogcap_remove_tap(nflogcap *handle, const char *hook, const char *match);

/* Removes all taps. */
int nflogcap_remove_taps(nflogcap *handle);

/* Fills `ret` with the first `capacity` captured groups, in ascending order. Returns
 * how many there are. `ret` may be NULL with a capacity of 0. */
int nflogcap_groups(nflogcap *handle, uint16_t *ret, size_t capacity);

/*
 * Binds the groups, or opens the savefile, and then adds the taps. A stop that was
 * requested before the first packet of this start was returned ends the capture:
 * no stop is forgotten.
 *
 *   -EINVAL      no group, tap or savefile was given; a hook without a tap; a
 *                match that nft does not understand (in nft's words) or that does
 *                more than match
 *   -EBUSY       the capture has started already
 *   -EPERM       another socket owns a group, or CAP_NET_ADMIN is missing;
 *                nflogcap_error() says which, and names the owner
 *   -EOPNOTSUPP  the kernel lacks NFLOG
 *   -ENODEV      the device of an ingress hook does not exist
 *
 * After a failure no group is bound and no tap exists, and start may be called
 * again. A packet that was logged before all settings of its group were in force
 * is not part of the capture: it is neither delivered nor counted.
 */
int nflogcap_start(nflogcap *handle);

/* The group that the taps log to, 0 to 65535. -ENOENT without a tap, -ENOTCONN if
 * the start has yet to choose it. */
int nflogcap_tap_group(nflogcap *handle);

/*
 * A descriptor for poll, select, epoll or an event loop: readable whenever
 * nflogcap_next() would not block, also because packets are queued in the library.
 * With a filter it is readable too while everything queued will be rejected: then
 * next returns 0 with a timeout of 0. It stays the same for the life of the handle,
 * before the start too. Never read from it and never close it.
 */
int nflogcap_fd(nflogcap *handle);

/*
 * Returns the next packet, and waits for it up to `timeout_ms` milliseconds (-1:
 * for ever, 0: not at all).
 *
 *   1            a packet, at *ret
 *   0            no packet in time
 *   -ENODATA     the capture was stopped and everything that it held is delivered,
 *                or the savefile is at its end
 *   -ECANCELED   nflogcap_wakeup() was called
 *   -EINTR       a signal handler ran while waiting
 *   -ENOTCONN    the capture has not been started
 *   -EBADMSG     the savefile is damaged behind the last packet
 *   -ECHILD      the handle belongs to another process (convention 8)
 *
 * and other negatives if the socket fails. Lost packets are not an error: the next
 * packet's lost_before counts them.
 *
 * The timeout holds whatever arrives: while packets that are rejected by the filter
 * or are of other groups come without a pause, next() never blocks, may exceed its
 * timeout by 10 ms, and notices nflogcap_wakeup() and nflogcap_stop() but no
 * signal. Call one of them in your signal handler.
 */
int nflogcap_next(nflogcap *handle, const nflogcap_packet **ret, int timeout_ms);

/*
 * Like nflogcap_next() for several packets: waits until there is one, then fills
 * ret[0] and on with up to `capacity` (1 or more) that need no further waiting, all
 * of one batch of the kernel. Returns their number, at most 256.
 */
int nflogcap_next_batch(nflogcap *handle, const nflogcap_packet **ret, size_t capacity,
                        int timeout_ms);

/* Makes the next() that waits, or else the next call of it, return -ECANCELED, once
 * for all calls before that. Any thread, any signal handler. */
int nflogcap_wakeup(nflogcap *handle);

/*
 * Ends the capture without loss: next() goes on to return what the kernel still
 * holds, then -ENODATA. A stop before the start, or while it runs, takes effect when
 * the start is done, and ends a start that waits for a savefile's pipe. The groups are
 * unbound by the next call of next() or by nflogcap_close(). If privileges were dropped
 * since the start the kernel refuses to unbind; then next() goes on for one flush
 * timeout, until the kernel has delivered what it gathered. Of a savefile no more is
 * read. Any thread, any signal handler.
 */
int nflogcap_stop(nflogcap *handle);

/*
 * Another process can go on with a running capture, without a packet lost: after a
 * restart, an upgrade or a crash. It needs the capture's descriptors, by SCM_RIGHTS of
 * unix(7), by inheritance, or from a service manager that keeps them (FDSTORE of
 * systemd). Meanwhile packets wait in the kernel's socket buffer; those that do not fit
 * are in lost_before and `lost` of the process that goes on.
 */

/*
 * Fills `ret` with the first `capacity` descriptors of the capture, which another process
 * needs to adopt it: a memory with its state, its socket, and a socket for each table of
 * taps. Returns how many there are: 2 or more. Adding a tap adds one, and removing taps
 * can remove one. They stay the handle's, which keeps the state in the memory up to date.
 * Pass them on; do not read from them or close them, and do not close a duplicate of the
 * first one in this process.
 *
 *   -ENOTCONN  the capture has not been started
 *   -EINVAL    it reads a savefile, is stopped, or is handed over
 */
int nflogcap_descriptors(nflogcap *handle, int *ret, size_t capacity);

/*
 * Ends the capture here and leaves its groups bound and its taps in force, for the process
 * that has the descriptors: next() goes on to return what the kernel holds, then
 * -ENODATA. When the handle is closed then, another process can adopt the capture. The
 * end takes one flush timeout, 100 ms at most: what the kernel gathers for longer is for
 * the other process. If
 * nflogcap_descriptors() was not called since the start it is nflogcap_stop(). A process
 * that crashes hands over as well: packets that it received and did not store are lost
 * then, and counted by the process that goes on. nflogcap_close() without this call ends
 * the capture. Any thread, any signal handler.
 */
int nflogcap_hand_over(nflogcap *handle);

/*
 * Goes on with a capture of another process, instead of nflogcap_start(): its groups,
 * taps and numbering. Waits up to one second for that process to close its handle or end.
 * Pass all `count` descriptors, in any order. On success they belong to the handle; on
 * failure they stay the caller's.
 *
 * Options of this handle that differ from those of the other process are set, which
 * takes CAP_NET_ADMIN; so it does if the delivery is adaptive. Taps of this handle
 * replace those of the other process; those that are the same stay in force without a
 * gap. Without a tap it has the taps of the other process. Groups must be the same, or
 * none: then it has those of the other process, and others can be added or removed.
 *
 *   -EBADF            a descriptor is not open
 *   -EBADMSG          the descriptors are not those of one capture, or its groups are no
 *                     longer bound to its socket
 *   -EINVAL           the groups differ
 *   -EXDEV            the socket is of another network namespace
 *   -EBUSY            the other process still captures; this handle has started
 *   -ENODATA          that capture has ended
 *   -EPROTONOSUPPORT  a later version handed it over in a form unknown to this one
 *   -EOPNOTSUPP       Linux before 5.14
 *
 * and errors of the options as of nflogcap_start().
 */
int nflogcap_adopt(nflogcap *handle, const int *descriptors, size_t count);

/*
 * Says up to which number the packets of a group are accounted for, for a program that
 * knows it better than the capture: packet.seq + 1 of the last packet that it stored.
 *
 * If another process adopts the capture it counts from `seq` on. Before the first call
 * for a group its packets count as stored as soon as next() is called after them; from
 * then on only these calls count. After nflogcap_adopt() and before the first packet of
 * the group, packets from `seq` on that do not come are lost.
 *
 *   -ENOTCONN  the capture has not been started
 *   -ENOENT    the group is not captured
 */
int nflogcap_expect(nflogcap *handle, uint16_t group, uint32_t seq);

/* Sets *ret to the number that the next packet of the group has if none is lost. Errors
 * as above. */
int nflogcap_expected(nflogcap *handle, uint16_t group, uint32_t *ret);

/* Takes the handle from the process that owns it, for a child of fork() (convention
 * 8). In the previous owner all calls but nflogcap_close() then return -ECHILD. 0
 * too if this process owns it already. */
int nflogcap_take_over(nflogcap *handle);

/*
 * Fills `ret`, of `size` bytes (sizeof *ret), with the counters of the capture or of
 * one of its groups, as of this call. Any thread: that of another may see a packet
 * as received and not yet as delivered. -EINVAL if `size` is too small; -ENOENT for a
 * group that is not captured. They leave nflogcap_error() as it is.
 */
int nflogcap_get_stats(nflogcap *handle, nflogcap_stats *ret, size_t size);
int nflogcap_get_group_stats(nflogcap *handle, uint16_t group, nflogcap_stats *ret, size_t size);

/* The name of an interface of a packet, looked up in the network namespace of the
 * capture, where if_indextoname(3) may not look. Owned by the handle and overwritten
 * by the next call. NULL if the interface no longer exists, before the start, after
 * the end, and with a savefile. */
const char *nflogcap_interface_name(nflogcap *handle, uint32_t index);

/* The name of the machine that captures: what gethostname(2) returned at the start.
 * Owned by the handle, valid until the next start. NULL before the start, and with a
 * savefile, because a savefile does not hold the name of its machine. */
const char *nflogcap_host_name(nflogcap *handle);

/* What failed last on this handle, why, and what to do; "" before any failure. One
 * line of UTF-8 that can be printed: controls and bytes that are not UTF-8 in what it
 * quotes are escaped ("\x1b"). Owned by the handle, valid until its next failure.
 * Never NULL. */
const char *nflogcap_error(const nflogcap *handle);

/* Unbinds the groups and frees everything. What was not read is gone. */
void nflogcap_close(nflogcap *handle);

/* A copy that outlives the handle, in one allocation: free it with
 * nflogcap_packet_free(). NULL without memory, or for NULL. */
nflogcap_packet *nflogcap_packet_clone(const nflogcap_packet *packet);
void nflogcap_packet_free(nflogcap_packet *packet);

/*
 * Makes a packet of a record of LINKTYPE_NFLOG, such as libpcap reads it from a file or
 * from its device "nflog:5", with a time in nanoseconds since the epoch. It may be of
 * either byte order, and end within the payload. Free it with nflogcap_packet_free().
 * -EBADMSG if it is no such record, -EMSGSIZE if it has more than 262144 bytes,
 * -ENOMEM, and -EINVAL for NULL.
 */
int nflogcap_packet_parse(nflogcap_packet **ret, const void *record, size_t length,
                          uint64_t timestamp_ns);

/* The raw bytes of any attribute of the kernel's message by its NFULA_* number,
 * known to this library or not; NULL if absent, with *ret_length untouched. */
const void *nflogcap_packet_attribute(const nflogcap_packet *packet, uint16_t type,
                                      size_t *ret_length);

/*
 * Rebuilds the frame: link-layer header, VLAN tag and payload, as far as the kernel
 * sent them (without a link-layer header: the payload alone). A header that may be
 * another device's, as at postrouting of the ip, ip6 and inet families, is left out.
 * Returns the frame's length. If that is more than `capacity`, only the first
 * `capacity` bytes were written.
 * `buffer` may be NULL with a capacity of 0.
 */
int nflogcap_packet_frame(const nflogcap_packet *packet, uint8_t *buffer, size_t capacity);

/*
 * Fills `ret`, of `size` bytes (sizeof *ret), with what the packet's headers say: in
 * every family, through any stack of VLAN tags and IPv6 extension headers, and as far
 * as the payload reaches. Nothing beyond the payload is read. -EINVAL if `size` is
 * too small.
 */
int nflogcap_dissect(const nflogcap_packet *packet, nflogcap_dissection *ret, size_t size);

/*
 * Fills `ret`, of `size` bytes (sizeof *ret), with what the packet's conntrack entry
 * says: `has` is 0 if the packet has none. Nothing beyond the entry is read. A value of
 * a wrong length is absent; if an attribute comes twice, the last one holds. Linux up to
 * 6.18 sends no counters with logged packets. -EINVAL if `size` is too small.
 */
int nflogcap_packet_conntrack(const nflogcap_packet *packet, nflogcap_conntrack *ret, size_t size);

/* Formats of nflogcap_packet_format() */
#define NFLOGCAP_LINE 0           /* one line for people, without its line end */
#define NFLOGCAP_JSON 1           /* one JSON object on one line, without its line end */
#define NFLOGCAP_COLORED_LINE 2   /* NFLOGCAP_LINE with a terminal's colors */
#define NFLOGCAP_NO_TIME 0x100    /* or'ed with a line's: without the time that it begins with */
#define NFLOGCAP_NO_PAYLOAD 0x200 /* or'ed with NFLOGCAP_JSON: without the payload */

/* Returns the name of an interface by its index, or NULL if it has none. */
typedef const char *(*nflogcap_interface_namer)(void *context, uint32_t index);

/*
 * Formats a packet as text: NFLOGCAP_LINE, NFLOGCAP_COLORED_LINE or NFLOGCAP_JSON (the
 * fields of nflogcap_field_at() that it has, by their names, and names beside the
 * numbers: JSON in nflogcap(1)). Control characters and bytes that are not UTF-8 never
 * reach the text raw. `namer` is called with `context` to name the packet's
 * interfaces; NULL: they are numbers. `host` is the member of that name in JSON, such
 * as nflogcap_host_name(); NULL: JSON has none. Lines do without it.
 *
 * Returns the text's length without the NUL that ends it. If that is `capacity` or
 * more, only a part that fits was written, with a NUL. -EINVAL for another format.
 */
int nflogcap_packet_format(const nflogcap_packet *packet, int format,
                           nflogcap_interface_namer namer, void *context, const char *host,
                           char *buffer, size_t capacity);

/*
 * Link types of savefiles, as the list of tcpdump.org numbers them. Wireshark and
 * tcpdump print NFLOG; filters of tcpdump and most other programs need one of the
 * other two.
 *
 *   NFLOG     all that the kernel sent of each packet, byte for byte
 *   RAW       the packet from its IPv4 or IPv6 header on, and no other packets
 *   ETHERNET  the frame that nflogcap_packet_frame() rebuilds. If that has no Ethernet
 *             header, or one that does not lead to the packet because the kernel took
 *             off another header (PPPoE): one with the packet's EtherType and addresses
 *             of zeros, and the packet from layer 3 on
 */
#define NFLOGCAP_LINKTYPE_ETHERNET 1
#define NFLOGCAP_LINKTYPE_RAW 101
#define NFLOGCAP_LINKTYPE_NFLOG 239

/*
 * The link type that has this name ("nflog", "raw" or "ethernet", in lower or upper
 * case) or this number ("101"). -EINVAL if no link type matches: then `error` receives
 * the words, as of nflogcap_open().
 */
int nflogcap_find_link_type(const char *name, char *error, size_t capacity);

/*
 * Formats of savefiles, both with times in nanoseconds.
 *
 *   PCAP    what tcpdump writes
 *   PCAPNG  an interface for each device (the packet's input interface, else its
 *           output interface), and one for each group that has packets without a device;
 *           with RAW one for all, because libpcap reads no more. A packet has its
 *           direction, unless it is forwarded, and the number of packets lost before
 *           it; with RAW and ETHERNET a comment with its group, interfaces, mark,
 *           uid, gid and prefix. At its end the file has for each interface how many
 *           of its packets were lost (isb_ifdrop: the sum of what its packets say),
 *           and how many are in the file or were lost (isb_ifrecv).
 */
#define NFLOGCAP_FORMAT_PCAP 1
#define NFLOGCAP_FORMAT_PCAPNG 2

/*
 * Compressions of savefiles. A compressed file has a part, a gzip member or a zstd
 * frame, for each 64 KiB that are gathered and for each nflogcap_dump_flush(). Parts
 * do not depend on each other: a file that is cut holds all packets of its whole
 * parts. Small parts compress badly, so flush seldom.
 */
#define NFLOGCAP_COMPRESSION_NONE 1
#define NFLOGCAP_COMPRESSION_GZIP 2
#define NFLOGCAP_COMPRESSION_ZSTD 3

/* How a savefile is written. A member that is 0 or NULL has its default. */
struct nflogcap_dump_options {
    uint32_t link_type;   /* NFLOGCAP_LINKTYPE_*; by default NFLOG */
    uint32_t format;      /* NFLOGCAP_FORMAT_*; by default PCAPNG if the path ends in ".pcapng", or
                             in that and the extension of a compression, else PCAP */
    uint32_t compression; /* NFLOGCAP_COMPRESSION_*; by default GZIP if the path ends in ".gz",
                             ZSTD if it ends in ".zst", else NONE */
    uint32_t reserved;    /* 0 */
    nflogcap_interface_namer interface_name; /* names the interfaces of PCAPNG, which are
                                                indexes ("#3") by default;
                                                nflogcap_dump_packet() calls it */
    void *context;                           /* of interface_name */
};

/*
 * Creates a savefile, or empties an existing one; "-": standard output. `options`, of
 * `size` bytes (sizeof *options), say how it is written; NULL with 0: with all
 * defaults. Its header is written at once.
 *
 *   -EINVAL      no such link type, format or compression; a member that the library
 *                does not know is not 0
 *   -EOPNOTSUPP  zlib or libzstd, which is loaded now, is not installed
 *   -ENOENT, -ENOSPC, -EPIPE and the like
 *   -EINTR       a signal handler that was installed without SA_RESTART ran while a
 *                FIFO that nobody reads was waited for
 *
 * After -EINVAL and -EOPNOTSUPP an existing file is unchanged. On failure `error` receives the
 * words, as of nflogcap_open().
 * Like a capture it is used by one thread at a time, and belongs to one process.
 */
int nflogcap_dump_open(nflogcap_dump **ret, const char *path, const nflogcap_dump_options *options,
                       size_t size, char *error, size_t capacity);

/*
 * Writes a packet, of any capture or a clone, as the file's link type has it, with its
 * timestamp_ns. Packets are gathered, up to 64 KiB, until nflogcap_dump_flush(). If
 * writing fails this packet is not taken; earlier packets that could not be written
 * are kept, and the next call that can writes them. A regular file then ends with a
 * whole packet, or with a whole part if it is compressed.
 *
 *   0          the packet is taken
 *   1          the packet is skipped and counted, because the link type cannot hold
 *              it: RAW holds no packet that is not IPv4 or IPv6, or of which the
 *              snaplen left nothing; ETHERNET none without a link-layer header whose
 *              EtherType is unknown too
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

/* Hands what is gathered to the system, for others to read. Errors as above. */
int nflogcap_dump_flush(nflogcap_dump *dump);

/* The length in bytes of the file with everything that was written into it, its
 * header included. If the file is compressed, packets that are gathered count with the
 * bytes that they have before. */
int64_t nflogcap_dump_position(const nflogcap_dump *dump);

/* How many packets the system has taken whole from this process: of a regular file,
 * those that are in it, also after a failure. The others are gathered. */
int64_t nflogcap_dump_written(const nflogcap_dump *dump);

/* How many packets nflogcap_dump_packet() has skipped in this process. */
int64_t nflogcap_dump_skipped(const nflogcap_dump *dump);

/* What failed last on this savefile, why, and what to do; "" before any failure.
 * Owned by the handle, valid until its next failure. Never NULL. */
const char *nflogcap_dump_error(const nflogcap_dump *dump);

/* Takes the savefile from the process that owns it, as nflogcap_take_over() does. */
int nflogcap_dump_take_over(nflogcap_dump *dump);

/* Writes what is gathered and the counters that a file of PCAPNG ends with, closes the
 * file and frees everything, also if it fails: what could not be written is gone then. In a process
 * that does not own the savefile it writes nothing and returns -ECHILD. */
int nflogcap_dump_close(nflogcap_dump *dump);

#ifdef __cplusplus
}
#endif

#endif
