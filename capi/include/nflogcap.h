/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nflogcap: the packets that Linux netfilter logs to user space through NFLOG.
 *
 * A firewall rule says "log group 5" (nft) or "-j NFLOG --nflog-group 5"
 * (iptables); this library receives what such rules log, with all that the
 * kernel tells of each packet, and counts exactly what was lost.
 *
 *     const uint16_t group = 5;
 *     nflogcap *capture;
 *     const nflogcap_packet *packet;
 *     if (nflogcap_open(&capture, &group, 1) < 0)
 *         return 1;
 *     while (nflogcap_next(capture, &packet, -1) == 1)
 *         printf("%u bytes\n", packet->payload_length);
 *     nflogcap_close(capture);
 *
 * Conventions
 *
 *  1. A function that returns int returns >= 0 or a negative errno. `ret`
 *     arguments are untouched on failure. nflogcap_error() says in words what
 *     failed on a handle and what to do. A NULL handle, or a NULL `ret`, is
 *     -EINVAL.
 *  2. Handles are opaque. close and free take NULL.
 *  3. A handle is used by one thread at a time. Only nflogcap_wakeup() and
 *     nflogcap_stop() may be called from any thread and from signal handlers,
 *     as long as nflogcap_close() has not been called.
 *  4. Pointers to packets and to their bytes are borrowed: valid until the
 *     next nflogcap_next(), nflogcap_next_batch(), nflogcap_start() or
 *     nflogcap_close() on that handle. nflogcap_packet_clone() keeps one.
 *  5. Integers are in host byte order, times in nanoseconds since the Unix
 *     epoch. There are no inlines, required macros, varargs, bit-fields, bool,
 *     long or enum-typed parameters: dlopen and ctypes reach everything.
 *  6. The two public structs are allocated by the library alone and only ever
 *     appended to. `present` says which optional fields of a packet hold; an
 *     absent field is 0 or NULL. A field that this version of the library does
 *     not know has its bit clear, so old and new meet safely.
 *  7. The library never prints, exits, installs handlers or keeps global state.
 *
 * "The kernel" below is net/netfilter/nfnetlink_log.c; NFULA_* are its
 * attributes, in <linux/netfilter/nfnetlink_log.h>.
 */
#ifndef NFLOGCAP_H
#define NFLOGCAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nflogcap nflogcap;                       /* a capture; opaque */
typedef struct nflogcap_dump nflogcap_dump;             /* a savefile being written; opaque */
typedef struct nflogcap_packet nflogcap_packet;         /* a packet's fields */
typedef struct nflogcap_dissection nflogcap_dissection; /* what a packet's headers say */
typedef struct nflogcap_stats nflogcap_stats;           /* counters */
typedef struct nflogcap_field nflogcap_field;           /* describes a field */
typedef struct nflogcap_option nflogcap_option;         /* describes an option */
typedef struct nflogcap_counter nflogcap_counter;       /* describes a counter */

/*
 * A packet as the kernel logged it. Public, so that reading a field costs a
 * load and not a call. Interfaces are indexes in the network namespace of the
 * capture: nflogcap_interface_name() names them.
 */
struct nflogcap_packet {
    uint64_t present;        /* NFLOGCAP_HAS_*: which of the optional fields hold */
    const uint8_t *payload;  /* the packet, from layer 3 in the ip, ip6 and inet families */
    uint32_t payload_length; /* bytes at payload: at most the snaplen; 0 with metadata only */
    uint32_t wire_length;    /* bytes that payload had before the snaplen cut it: from the IP
                                header where payload reaches into one, else payload_length */
    uint64_t timestamp_ns;   /* the kernel's (of microseconds) with NFLOGCAP_HAS_TIMESTAMP, else
                                the time at which the library received the packet */
    uint64_t lost_before;    /* packets of this group lost since the group's packet that next
                                returned before this one, or since the start */
    uint16_t group;          /* NFLOG group, 0 to 65535 */
    uint8_t family;          /* NFPROTO_* of <linux/netfilter.h>: 2 ip, 10 ip6, 7 bridge, 3 arp,
                                5 netdev; a rule in an inet table logs as ip or ip6 */
    uint8_t hook;            /* where the rule stands: 0 prerouting, 1 input, 2 forward, 3 output,
                                4 postrouting, 5 ingress; arp: 0 input, 1 output; netdev:
                                0 ingress, 1 egress */
    uint16_t hw_protocol;    /* EtherType, such as 0x0800; 0 where the kernel knows none */
    uint16_t hw_type;        /* ARPHRD_* of <net/if_arp.h>: 1 Ethernet, 772 loopback */
    uint32_t mark;           /* the packet's mark; the kernel omits a mark of 0 */
    uint32_t indev;      /* interface index it came in by; a bridge's own in the bridge family */
    uint32_t outdev;     /* interface index it leaves by */
    uint32_t physindev;  /* the bridge port it came in by */
    uint32_t physoutdev; /* the bridge port it leaves by */
    uint32_t uid;        /* owner of the local socket that sent it */
    uint32_t gid;
    uint32_t seq;              /* number within the group since its binding; wraps */
    uint32_t seq_global;       /* number within the network namespace; wraps */
    uint32_t ct_info;          /* IP_CT_* of <linux/netfilter/nf_conntrack_common.h> */
    const char *prefix;        /* the rule's prefix, up to 127 bytes, NUL-terminated; "" from an nft
                                  rule without one */
    const uint8_t *hw_address; /* sender's link-layer address */
    const uint8_t *hw_header;  /* link-layer header it came in with */
    const uint8_t *l2_header;  /* link-layer header, in the bridge and netdev families */
    const uint8_t *ct;         /* conntrack entry: the attributes nested in NFULA_CT, raw */
    const uint8_t *message;    /* all that the kernel sent of this packet: struct nfgenmsg, then
                                  attributes. The frame of a LINKTYPE_NFLOG savefile. */
    uint32_t ct_length;        /* bytes at ct */
    uint32_t message_length;   /* bytes at message */
    uint16_t hw_address_length; /* bytes at hw_address, at most 8 */
    uint16_t hw_header_length;  /* bytes at hw_header */
    uint16_t l2_header_length;  /* bytes at l2_header */
    uint16_t vlan_tci;          /* the VLAN tag that stands beside the frame, not in it */
    uint16_t vlan_protocol;     /* its EtherType: 0x8100 or 0x88a8 */
    uint16_t reserved[3];       /* 0 */
};

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
 */
struct nflogcap_dissection {
    uint32_t known;            /* NFLOGCAP_KNOWS_* bits: which fields are valid */
    uint32_t network_offset;   /* bytes in payload before the layer 3 header */
    uint32_t transport_offset; /* bytes in payload before the layer 4 header; 0 if the payload
                                  ends before it, as in all fragments but the first */
    uint16_t ether_type;       /* EtherType of layer 3, behind all VLAN tags; 0 if unknown */
    uint8_t ip_version;        /* 4 or 6; 0 if layer 3 is not IP */
    uint8_t protocol;          /* IPPROTO_*, behind all IPv6 extension headers */
    uint8_t source[16];        /* source address, in network order; the sender's with ARP */
    uint8_t destination[16];   /* destination address; the target's with ARP */
    uint8_t address_length;    /* bytes in source and destination: 4, or 16 with IPv6 */
    uint8_t tcp_flags;         /* TH_* of <netinet/tcp.h>, bits 0 to 7 */
    uint8_t icmp_type;         /* type of ICMP or ICMPv6 */
    uint8_t icmp_code;         /* code of ICMP or ICMPv6 */
    uint16_t source_port;      /* of TCP, UDP, UDP-Lite, SCTP and DCCP */
    uint16_t destination_port;
    uint32_t fragment_offset; /* bytes of the original packet before this fragment */
    uint32_t fragment_id;     /* the same number in all fragments of a packet */
    uint8_t more_fragments;   /* 1: more fragments follow; 0: this is the last */
    uint8_t vlan_count;       /* ids in vlan_ids, at most 8; further VLAN tags are not counted */
    uint16_t vlan_ids[8];     /* VLAN ids, 0 to 4095, from the outermost inwards: first that of
                                 the tag beside the frame */
    uint16_t arp_operation;   /* 1 request, 2 reply */
    uint16_t echo_id;         /* identifier of an ICMP or ICMPv6 echo */
    uint16_t echo_sequence;   /* its sequence number */
    uint16_t reserved[4];     /* 0 */
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
 * Counters of a handle or of one of its groups, since the handle was made.
 * Those marked (handle) are 0 in a group's.
 */
struct nflogcap_stats {
    uint64_t received;        /* packets read from the kernel, or the savefile */
    uint64_t delivered;       /* packets returned by next and next_batch */
    uint64_t filtered;        /* packets read, and rejected by the filter; (handle) those of a
                                 savefile that are of other groups */
    uint64_t lost;            /* packets that the kernel numbered and that never came: exact */
    uint64_t overruns;        /* (handle) times that the socket was found to have refused batches
                                 since it was looked at before: at a gap, and in this call */
    uint64_t dropped_batches; /* (handle) batches that the socket refused, by its own counter */
    uint64_t unaccounted_batches; /* (handle) of those, how many may hold packets that are not in
                                     lost yet, since no later packet of their group came to show
                                     the gap; 0: lost is complete */
    uint64_t truncated;           /* (handle) batches longer than the library's receive buffer; what
                                     was cut off is in lost, the message that the cut went
                                     through in malformed too */
    uint64_t malformed;     /* (handle) messages that could not be understood; where the kernel
                               had numbered them they are in lost too */
    uint64_t batches;       /* batches read */
    uint64_t bytes;         /* bytes of batches read */
    uint64_t socket_buffer; /* (handle) bytes of socket buffer that the kernel granted, as
                               SO_RCVBUF tells (twice what was asked for) */
    uint32_t delivery;      /* (handle) NFLOGCAP_BATCHED or NFLOGCAP_IMMEDIATE, now in force; when
                               adaptive, batched as soon as one group is */
    uint32_t reserved;      /* 0 */
    uint64_t socket_buffer_used; /* (handle) bytes of socket_buffer that batches take up which
                                    wait to be read; 0 when not capturing */
};

/* nflogcap_set_delivery() */
#define NFLOGCAP_BATCHED 0   /* many packets a batch: least CPU, milliseconds of delay */
#define NFLOGCAP_IMMEDIATE 1 /* a batch a packet: least delay, most CPU */
#define NFLOGCAP_ADAPTIVE 2  /* immediate while packets trickle, batched while they come fast */

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

/*
 * Descriptions of what the library has, for programs that handle all of it alike:
 * bindings, JSON, manuals, configuration files. Static, owned by the library.
 */
struct nflogcap_field {
    const char *name;        /* its name in the struct, and in all languages */
    const char *description; /* one sentence without a full stop */
    const char *unit;        /* such as "bytes"; "" if it has none */
    uint64_t present;        /* bit of `present`, or of `known`, that says whether it is valid;
                                0: always valid */
    uint32_t kind;           /* NFLOGCAP_INTEGER and so on */
    uint32_t is_dissected;   /* 0: in struct nflogcap_packet; 1: in struct nflogcap_dissection */
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

/*
 * The index of the field `name`. -ENOENT if there is none: then `error` (of
 * `capacity` bytes, NULL with 0) receives words that name the nearest field.
 */
int nflogcap_find_field(const char *name, char *error, size_t capacity);

/* The library's version, "1.0.0"; static. */
const char *nflogcap_version(void);

/* The same as a number, 0x010000: a byte each for major, minor and patch. */
uint32_t nflogcap_version_number(void);

/* What an error code (negative or positive errno) means to a user of this
 * library; static, never NULL. */
const char *nflogcap_strerror(int error);

/*
 * Starts capturing `n_groups` groups (1 or more) with default settings: new,
 * add_group, start in one. Errors as of those; since no handle is returned on
 * failure, take the long way where you want the words of nflogcap_error().
 */
int nflogcap_open(nflogcap **ret, const uint16_t *groups, size_t n_groups);

/* A capture yet to be set up and started. -ENOMEM, -EMFILE, -ENFILE. */
int nflogcap_new(nflogcap **ret);

/*
 * The functions from here to nflogcap_add_tap() set up a capture before
 * nflogcap_start(), or after it has ended and before it is started again;
 * otherwise they return -EBUSY. A value out of range is -ERANGE and changes
 * nothing: the kernel itself accepts bad values in silence.
 */

/*
 * Sets an option by its name, as nflogcap_option_at() lists it, from text:
 * ("snaplen", "96"), ("delivery", "adaptive"), ("groups", "5,6"), ("tap", "udp").
 * Each option does what the function of its name does. `hook` is where the taps
 * that are added after it stand. NULL sets the default.
 *
 *   -ENOENT  there is no such option; the words name the nearest
 *   -EINVAL  the text is not of the option's kind
 *   -ERANGE  the number is out of range
 */
int nflogcap_set_option(nflogcap *handle, const char *name, const char *value);

/* Captures this group too; the same one twice is -EEXIST. */
int nflogcap_add_group(nflogcap *handle, uint16_t group);

/* Bytes of payload to copy of each packet, 0 to 65531 (the kernel's and the
 * default's maximum); 0: metadata only. A rule's own snaplen can lower it. */
int nflogcap_set_snaplen(nflogcap *handle, uint32_t bytes);

/* NFLOGCAP_BATCHED (default), NFLOGCAP_IMMEDIATE or NFLOGCAP_ADAPTIVE; another
 * value is -EINVAL. Sets the queue threshold, flush timeout and batch size that
 * suit, unless they are set on their own; when adaptive, what is set on its own
 * goes for a group while it is batched. A group is batched once it logged 400
 * packets within 50 ms (8,000 a second), and immediate again, as it begins, when
 * it logged 4,000 a second or fewer for 50 ms. Where privileges were dropped
 * since the start it stays as it is. */
int nflogcap_set_delivery(nflogcap *handle, int delivery);

/* Packets that the kernel gathers before it delivers a batch, 1 or more;
 * 65535 when batched, 1 when immediate. A rule's own can lower it. */
int nflogcap_set_queue_threshold(nflogcap *handle, uint32_t packets);

/* Longest time that the kernel gathers, 0 to 3600000 milliseconds; 10 by
 * default. Counted by the kernel in units of 10 and rounded up to one; 0 is its
 * next timer tick. */
int nflogcap_set_flush_timeout(nflogcap *handle, uint32_t milliseconds);

/* Bytes that the kernel allots to a batch (its nlbufsiz), 4096 to 131072;
 * 131072 when batched, 4096 when immediate. Batches can be twice as long. */
int nflogcap_set_batch_size(nflogcap *handle, uint32_t bytes);

/* Bytes of socket buffer to ask for, 4096 to 1073741823; 33554432 (32 MiB) by
 * default. Without CAP_NET_ADMIN in the initial user namespace the kernel grants
 * at most net.core.rmem_max: `socket_buffer` of the stats tells what it granted. */
int nflogcap_set_socket_buffer(nflogcap *handle, uint32_t bytes);

/* Not 0: packets come with their conntrack entry (ct, ct_info). Where the
 * kernel cannot, nflogcap_start() returns -EOPNOTSUPP. */
int nflogcap_set_conntrack(nflogcap *handle, int enabled);

/* Captures in the network namespace of this file, such as /run/netns/blue or
 * /proc/1234/ns/net; NULL: in that of the thread that starts (default). The file
 * is opened by nflogcap_start(), which then also returns -ENOENT and the like,
 * -EINVAL where it is no network namespace, -EPERM without CAP_SYS_ADMIN. The
 * calling thread and the process stay where they are. */
int nflogcap_set_netns(nflogcap *handle, const char *path);

/*
 * Delivers only the packets that this expression of pcap-filter(7) matches; NULL
 * or "": all (default). May be called at any time, while capturing too: packets
 * that next has not returned yet are judged by the new filter. Rejected ones are
 * counted (`filtered`), and what was lost before one is told by lost_before of the
 * next that its group delivers.
 *
 * It asks about the packet from layer 3 on, as tcpdump does on a savefile of
 * LINKTYPE_RAW, wherever layer 3 begins in the payload: IPv4, IPv6 and ("arp")
 * other EtherTypes, behind VLAN tags too; `len` is wire_length without what is
 * before layer 3. An expression that asks about the link layer ("ether host",
 * "vlan", "broadcast") is matched with the Ethernet frame that
 * nflogcap_packet_frame() rebuilds, `len` then being the frame's; where the kernel
 * sent no Ethernet header its addresses are 00:00:00:00:00:00. Bytes that the
 * snaplen cut off match nothing. Host names are looked up once, here.
 *
 * -EINVAL, with libpcap's words in nflogcap_error(), where the expression is wrong
 * or no packet can match it: then the filter before it stays in force. -ENOMEM.
 */
int nflogcap_set_filter(nflogcap *handle, const char *expression);

/*
 * Reads the packets of this pcap or pcapng file instead of the kernel's, "-": of
 * standard input; NULL: the kernel's (default). It is opened by nflogcap_start(),
 * which then also returns -ENOENT and the like, -EBADMSG where it is no such
 * file, -EINVAL where its link type is none of these:
 *   NFLOG          all that the kernel sent of each packet
 *   RAW, IPV4, IPV6  payload, family and hw_protocol; group and hook are 0
 * Times are those of the file where the kernel sent none. The kernel takes no
 * part: no privileges are needed, its settings have no effect, and `lost` is 0,
 * since what is missing in a file may have been left out of it; `seq` still shows
 * it. With groups only their packets are delivered, and those of others counted
 * as filtered; without groups all are. Where there is no packet more the capture
 * has ended. Where the file is damaged, as one that was cut is, its packets up to
 * there are delivered; then nflogcap_next() returns -EBADMSG once, and -ENODATA.
 */
int nflogcap_set_savefile(nflogcap *handle, const char *path);

/*
 * Taps: has an nftables rule log to this handle, from the start of the capture to
 * its end, so that none has to be written by hand. May be called several times; a
 * packet that two taps match is logged twice.
 *
 * `match` is what stands before the verdict in a rule of nft's, "tcp dport 443",
 * of IPv4 and IPv6 alike; a protocol alone, "udp", is all of it; NULL or "": all
 * packets. `hook` is "prerouting", "input", "forward", "output", "postrouting",
 * or "ingress:DEVICE"; NULL or "": prerouting and output, which is all that comes
 * in, before anything is done to it, and all that is sent from here. At each hook
 * the rule stands right after connection tracking (priority -199), before packets
 * are marked, translated or filtered there.
 *
 * A tap only looks: a match that is more than one, such as "tcp dport 22 drop",
 * is refused. The rules stand in an nftables table of their own, which no one
 * else can change and the kernel removes when the capture ends, the handle is
 * closed, or the process ends, by kill -9 too, unless a child of fork() still
 * holds the handle.
 *
 * They log to the lowest of the handle's groups; where none was added the start
 * chooses one that nobody captures, from 65535 down to 65280, and the handle
 * keeps it.
 *
 * -EINVAL for another hook, and for a match with a line's end, ';' or '#' in it;
 * -EOPNOTSUPP where the library was built without libnftables. What nft has to
 * say of the match nflogcap_start() returns.
 */
int nflogcap_add_tap(nflogcap *handle, const char *hook, const char *match);

/*
 * Binds the groups, or opens the savefile. -EINVAL with no group and no tap,
 * -EBUSY when capturing already; -EPERM when another socket owns a group or
 * CAP_NET_ADMIN is missing (nflogcap_error() tells which, and who); -EOPNOTSUPP
 * when the kernel lacks NFLOG. Then lays the taps: -EINVAL for a match that nft
 * does not understand, in its words, or that does more than match; -ENODEV
 * without the device of an ingress. After a failure no group is bound and no tap
 * laid, and it may be called again.
 */
int nflogcap_start(nflogcap *handle);

/* The group that the taps log to, 0 to 65535: -ENOENT without a tap, -ENOTCONN
 * where the start has yet to choose it. */
int nflogcap_tap_group(nflogcap *handle);

/*
 * A descriptor to wait on with poll, select, epoll or an event loop: readable
 * whenever nflogcap_next() would not block, packets queued in the library
 * included. With a filter it is readable too while all that is queued will be
 * rejected: next returns 0 then where it is not to wait. The same for the life of
 * the handle, before the start too. Never read from it or close it.
 */
int nflogcap_fd(nflogcap *handle);

/*
 * The next packet, waiting up to `timeout_ms` milliseconds (-1: for ever, 0:
 * not at all). Returns
 *   1            a packet, at *ret
 *   0            none came in time
 *   -ENODATA     the capture was stopped, and all that it held is delivered
 *   -ECANCELED   nflogcap_wakeup() was called
 *   -EINTR       a signal handler ran while waiting
 *   -ENOTCONN    not started
 *   -EBADMSG     the savefile is damaged behind the last packet
 * and other negatives when the socket fails. Lost packets are not an error: the
 * next packet says in lost_before how many there were. While packets come faster
 * than the filter rejects them it does not wait: it returns at most 10 ms late,
 * sees a wake-up and a stop, but no signal; have the handler call one of the two. A
 * savefile that is a pipe is waited for like the kernel; but where a packet of it
 * has begun, until it is whole.
 */
int nflogcap_next(nflogcap *handle, const nflogcap_packet **ret, int timeout_ms);

/*
 * Like nflogcap_next() for several: waits until there is a packet, then fills
 * ret[0] and on with up to `capacity` (1 or more) that need no further waiting,
 * all of one batch of the kernel's. Returns how many.
 */
int nflogcap_next_batch(nflogcap *handle, const nflogcap_packet **ret, size_t capacity,
                        int timeout_ms);

/* Makes the blocked next, or else the next one, return -ECANCELED, once however
 * often it was called before that. Any thread, any signal handler. */
int nflogcap_wakeup(nflogcap *handle);

/*
 * Ends the capture without loss: next goes on to yield what the kernel still
 * holds, then -ENODATA. The groups are unbound by the next that finds nothing more
 * of the batch at hand, or by nflogcap_close(). Where privileges were dropped since
 * the start the kernel refuses to unbind: then next goes on for one flush timeout,
 * until the kernel has delivered what it gathered. Of a savefile no more is read.
 * Any thread, any signal handler.
 */
int nflogcap_stop(nflogcap *handle);

/* The counters as of this call, owned by the handle and overwritten by the next
 * call; NULL for a NULL handle, and for a group that it does not capture. */
const nflogcap_stats *nflogcap_get_stats(nflogcap *handle);
const nflogcap_stats *nflogcap_get_group_stats(nflogcap *handle, uint16_t group);

/* The name of an interface of a packet's, in the network namespace of the
 * capture, where if_indextoname(3) may not look. Owned by the handle and
 * overwritten by the next call. NULL where there is no such interface any more, before the start,
 * once next has returned -ENODATA, and with a savefile. */
const char *nflogcap_interface_name(nflogcap *handle, uint32_t index);

/* What failed last on this handle, why and what to do; "" before any failure.
 * Owned by the handle, valid until its next failure. Never NULL. */
const char *nflogcap_error(const nflogcap *handle);

/* Unbinds the groups and frees all. What was not read is gone. In a child of
 * fork() it leaves the parent's groups bound. */
void nflogcap_close(nflogcap *handle);

/* A copy that outlives the handle, in one allocation: free it with
 * nflogcap_packet_free(). NULL without memory, or of NULL. */
nflogcap_packet *nflogcap_packet_clone(const nflogcap_packet *packet);
void nflogcap_packet_free(nflogcap_packet *packet);

/* The raw bytes of any attribute of the kernel's message by its NFULA_* number,
 * known to this library or not; NULL if absent, with *ret_length untouched. */
const void *nflogcap_packet_attribute(const nflogcap_packet *packet, uint16_t type,
                                      size_t *ret_length);

/*
 * Rebuilds the frame: link-layer header, VLAN tag and payload, as far as the
 * kernel sent them (without a link-layer header: the payload alone). Returns its
 * length, which may be more than `capacity`: then only the first `capacity` bytes
 * were written. `buffer` may be NULL with a capacity of 0.
 */
int nflogcap_packet_frame(const nflogcap_packet *packet, uint8_t *buffer, size_t capacity);

/*
 * Fills `ret`, of `size` bytes (sizeof *ret), with what the packet's headers say: in
 * every family, through any stack of VLAN tags and IPv6 extension headers, and as far
 * as the payload reaches. Nothing beyond the payload is read. -EINVAL if `size` is
 * too small.
 */
int nflogcap_dissect(const nflogcap_packet *packet, nflogcap_dissection *ret, size_t size);

/* Formats of nflogcap_packet_format() */
#define NFLOGCAP_LINE 0         /* one line for people, without its line end */
#define NFLOGCAP_JSON 1         /* one JSON object on one line, without its line end */
#define NFLOGCAP_COLORED_LINE 2 /* NFLOGCAP_LINE with a terminal's colors */

/* Returns the name of an interface by its index, or NULL if it has none. */
typedef const char *(*nflogcap_interface_namer)(void *context, uint32_t index);

/*
 * Formats a packet as text: NFLOGCAP_LINE, NFLOGCAP_JSON (the fields of
 * nflogcap_field_at() that it has, by their names) or NFLOGCAP_COLORED_LINE. Control
 * characters and bytes that are not UTF-8 never reach the text raw. `namer` is called
 * with `context` to name the packet's interfaces; NULL: they are numbers.
 *
 * Returns the text's length without the NUL that ends it. If that is `capacity` or
 * more, only a part that fits was written, with a NUL. -EINVAL for another format.
 */
int nflogcap_packet_format(const nflogcap_packet *packet, int format,
                           nflogcap_interface_namer namer, void *context, char *buffer,
                           size_t capacity);

/*
 * Creates a savefile, or empties the one that is there; "-": standard output. It
 * is a pcap file of LINKTYPE_NFLOG with times in nanoseconds, which Wireshark and
 * tcpdump open, and nflogcap_set_savefile(). Its head is written at once: -ENOSPC,
 * -EPIPE, -ENOENT and the like. No words are left on failure, since no handle is.
 * Like a capture it is used by one thread at a time.
 */
int nflogcap_dump_open(nflogcap_dump **ret, const char *path);

/*
 * Writes a packet, of any capture or a clone: all that the kernel sent of it, byte
 * for byte, with its timestamp_ns. Packets are gathered, up to 64 KiB, until
 * nflogcap_dump_flush(). On failure the packet is not taken; those before it that
 * could not be written are kept, and written by the next call that can. The file
 * ends with a whole packet then, where it is a regular one. -ENOSPC, -EPIPE and
 * the like; -EINTR where a signal handler ran while a pipe was full; -EMSGSIZE for
 * a message of more than 262144 bytes. A pipe without a reader raises SIGPIPE
 * besides, as write(2) does: ignore it to get the -EPIPE.
 */
int nflogcap_dump_packet(nflogcap_dump *dump, const nflogcap_packet *packet);

/* Hands what is gathered to the system, for others to read. Errors as above. */
int nflogcap_dump_flush(nflogcap_dump *dump);

/* The length in bytes that the file has with all that was written into it, its
 * head of 24 included. */
int64_t nflogcap_dump_position(const nflogcap_dump *dump);

/* What failed last on this savefile, why and what to do; "" before any failure.
 * Owned by the handle, valid until its next failure. Never NULL. */
const char *nflogcap_dump_error(const nflogcap_dump *dump);

/* Writes what is gathered, closes the file and frees all, also where it fails:
 * what could not be written is gone then. In a child of fork() it writes nothing. */
int nflogcap_dump_close(nflogcap_dump *dump);

#ifdef __cplusplus
}
#endif

#endif
