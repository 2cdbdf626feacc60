// SPDX-License-Identifier: GPL-2.0-or-later
//
// What all languages have in common. Each has a file of its own that names the module, says how
// the values of values.hpp become the language's own, adds how it waits, by waiting.hpp
// where its front does not, and closes a Handle, by detach() and free(), and includes this one:
//
//   out-typemaps   Bytes, Text, Optional
//   out-typemap    unsigned long long and uint64_t, exact integers
//   in-typemap     long long, from integers of any size: what is too large for it becomes its
//                  largest or smallest, which are out of any range
//   in-typemap     const binding::Packet&
//   in, argout     Failure&, which takes no argument and is raised as the language's exception
//   %exception     of the methods of binding::Dump that write: how the language's other threads run
//                  meanwhile, and its signals are handled
//
// Users see what is here only through a hand-written front, except packets, which are used as they
// come: one call fills one, and a field is converted when it is asked for.

%{
#include "dump.hpp"
#include "handle.hpp"
#include "packet.hpp"

#include <cstdlib>
%}

%include <stdint.i>

%typemap(newfree) binding::Bytes "std::free(const_cast<void*>($1.data));"

%rename(Packet) binding::Packet;
%nodefaultctor binding::Packet;
%newobject binding::Packet::frame;
%immutable;
namespace binding {
struct Packet {
    %extend {
        ~Packet() { binding::release($self); }

        binding::Bytes frame(binding::Failure& failure)
        {
            return binding::frame($self->view, failure);
        }

        binding::Bytes attribute(long long type, binding::Failure& failure)
        {
            return binding::attribute($self->view, type, failure);
        }
    }
};
} // namespace binding

// The fields of a packet. SWIG looks for functions of these names.
%define FIELD(TYPE, NAME, VALUE)
%extend binding::Packet { const TYPE NAME; }
%insert("header") {
inline TYPE binding_Packet_ ## NAME ## _get(const binding::Packet* packet) { return VALUE; }
}
%enddef

%define INTEGER_FIELD(NAME)
FIELD(unsigned long long, NAME, packet->view.NAME)
%enddef

%define OPTIONAL_FIELD(NAME, BIT)
FIELD(binding::Optional, NAME,
      binding::optional(packet->view, NFLOGCAP_HAS_ ## BIT, packet->view.NAME))
%enddef

%define BYTES_FIELD(NAME)
FIELD(binding::Bytes, NAME, (binding::Bytes{packet->view.NAME, packet->view.NAME ## _length}))
%enddef

%define INTERFACE_FIELD(NAME, BIT)
OPTIONAL_FIELD(NAME, BIT)
FIELD(binding::Text, NAME ## _name,
      binding::interface_name(*packet, NFLOGCAP_HAS_ ## BIT, packet->view.NAME))
%enddef

INTEGER_FIELD(present)
FIELD(binding::Bytes, payload, binding::payload(packet->view))
INTEGER_FIELD(wire_length)
FIELD(double, timestamp, binding::timestamp(packet->view))
INTEGER_FIELD(timestamp_ns)
INTEGER_FIELD(lost_before)
INTEGER_FIELD(group)
INTEGER_FIELD(family)
INTEGER_FIELD(hook)
INTEGER_FIELD(hw_protocol)
FIELD(binding::Text, prefix, binding::Text{packet->view.prefix})
OPTIONAL_FIELD(mark, MARK)
INTERFACE_FIELD(indev, INDEV)
INTERFACE_FIELD(outdev, OUTDEV)
INTERFACE_FIELD(physindev, PHYSINDEV)
INTERFACE_FIELD(physoutdev, PHYSOUTDEV)
OPTIONAL_FIELD(uid, UID)
OPTIONAL_FIELD(gid, GID)
OPTIONAL_FIELD(seq, SEQ)
OPTIONAL_FIELD(seq_global, SEQ_GLOBAL)
OPTIONAL_FIELD(hw_type, HW_TYPE)
OPTIONAL_FIELD(vlan_tci, VLAN)
OPTIONAL_FIELD(vlan_protocol, VLAN)
OPTIONAL_FIELD(ct_info, CT_INFO)
BYTES_FIELD(hw_address)
BYTES_FIELD(hw_header)
BYTES_FIELD(l2_header)
BYTES_FIELD(ct)

%rename(Stats) nflogcap_stats;
%nodefaultctor nflogcap_stats;
struct nflogcap_stats {
    uint64_t received;
    uint64_t delivered;
    uint64_t filtered;
    uint64_t lost;
    uint64_t dropped_batches;
    uint64_t unaccounted_batches;
    uint64_t truncated;
    uint64_t malformed;
    uint64_t batches;
    uint64_t bytes;
    uint64_t socket_buffer;
    uint32_t delivery;
    uint64_t socket_buffer_used;
};
%mutable;

namespace binding {

class Handle {
public:
    Handle();
    ~Handle();

    void add_group(long long group, binding::Failure& failure);
    void set_snaplen(long long snaplen, binding::Failure& failure);
    void set_delivery(long long delivery, binding::Failure& failure);
    void set_queue_threshold(long long queue_threshold, binding::Failure& failure);
    void set_flush_timeout(long long flush_timeout, binding::Failure& failure);
    void set_batch_size(long long batch_size, binding::Failure& failure);
    void set_socket_buffer(long long socket_buffer, binding::Failure& failure);
    void set_conntrack(bool conntrack, binding::Failure& failure);
    void set_netns(const char* netns, binding::Failure& failure);
    void set_filter(const char* filter, binding::Failure& failure);
    void set_savefile(const char* savefile, binding::Failure& failure);
    void add_tap(const char* hook, const char* match, binding::Failure& failure);
    void start(binding::Failure& failure);

    bool closed();
    bool ended();
    int fd(binding::Failure& failure);
    void wakeup(binding::Failure& failure);
    void stop(binding::Failure& failure);
    binding::Optional tap_group(binding::Failure& failure);
    nflogcap_stats stats(binding::Failure& failure);
    nflogcap_stats group_stats(long long group, binding::Failure& failure);
};

class Dump {
public:
    Dump();
    ~Dump();

    void open(const char* path, binding::Failure& failure);
    void write(const binding::Packet& packet, binding::Failure& failure);
    void flush(binding::Failure& failure);
    void close(binding::Failure& failure);
    bool closed();
    unsigned long long position(binding::Failure& failure);
};

} // namespace binding

%constant int BATCHED = NFLOGCAP_BATCHED;
%constant int IMMEDIATE = NFLOGCAP_IMMEDIATE;
%constant int ADAPTIVE = NFLOGCAP_ADAPTIVE;

%define PRESENT_BIT(NAME)
%constant uint64_t HAS_ ## NAME = NFLOGCAP_HAS_ ## NAME;
%enddef

PRESENT_BIT(MARK)
PRESENT_BIT(TIMESTAMP)
PRESENT_BIT(INDEV)
PRESENT_BIT(OUTDEV)
PRESENT_BIT(PHYSINDEV)
PRESENT_BIT(PHYSOUTDEV)
PRESENT_BIT(HW_ADDRESS)
PRESENT_BIT(PAYLOAD)
PRESENT_BIT(PREFIX)
PRESENT_BIT(UID)
PRESENT_BIT(SEQ)
PRESENT_BIT(SEQ_GLOBAL)
PRESENT_BIT(GID)
PRESENT_BIT(HW_TYPE)
PRESENT_BIT(HW_HEADER)
PRESENT_BIT(CT)
PRESENT_BIT(CT_INFO)
PRESENT_BIT(VLAN)
PRESENT_BIT(L2_HEADER)

const char* nflogcap_version();
