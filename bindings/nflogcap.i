// SPDX-License-Identifier: GPL-2.0-or-later
//
// The common part of all languages. Each language has a file that includes this one, names the module, and
// defines:
//
//   out-typemaps   Bytes, Text, Optional, List, nflogcap_stats
//   out-typemap    unsigned long long, an exact integer
//   in-typemap     long long, from integers of any size: a too large integer is clamped to the largest
//                  or smallest one, which are out of any range
//   in-typemap     const binding::Packet&, and binding::Bytes from a string or the language's nil
//   in, argout     Failure&, which is not an argument in the language, and is raised as its exception
//   %exception     for the methods that can wait (set_option, start and adopt of binding::Handle; open, write,
//                  flush, take_over and close of binding::Dump): the language's other threads run
//                  meanwhile, and its signals are handled. A Dump's destructor can wait too; if destructors
//                  must not wait in the language, its front calls drop() before
//   %init          the fields of a packet and the constants, by loops over binding::fields() and
//                  binding::constants()
//
// The language's file also adds methods to Handle: one that waits (by waiting.hpp, unless its front
// waits), one that sets a filter, and one that closes (by detach() and free()).
//
// Users reach all of this only through a hand-written module, the front. Packets are an exception.

%{
#include "dump.hpp"
#include "fields.hpp"
#include "handle.hpp"
#include "packet.hpp"

#include <cstdlib>
%}

%include <stdint.i>

// In some languages, SWIG registers classes by name, for all modules in the process. Such a
// language defines unique names.
#ifndef name_of_class
#define name_of_class(name) name
#endif
%rename(name_of_class(Handle)) binding::Handle;
%rename(name_of_class(Dump)) binding::Dump;

%typemap(newfree) binding::Bytes "std::free(const_cast<void*>($1.data));"
%typemap(newfree) binding::Text "std::free(const_cast<char*>($1.data));"
%typemap(newfree) binding::List "std::free(const_cast<char*>($1.data));"

%rename(name_of_class(Packet)) binding::Packet;
%nodefaultctor binding::Packet;
%newobject binding::Packet::frame;
%newobject binding::Packet::line;
%newobject binding::Packet::to_json;
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

        binding::Text line(binding::Failure& failure)
        {
            return binding::format(*$self, NFLOGCAP_LINE, failure);
        }

        binding::Text to_json(bool has_payload, binding::Failure& failure)
        {
            return binding::format(*$self, has_payload ? NFLOGCAP_JSON : NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD,
                                   failure);
        }
    }
};

%newobject parse_packet;
Packet* parse_packet(binding::Bytes record, long long timestamp_ns, binding::Failure& failure);

%newobject Handle::descriptors;
%newobject Handle::groups;
class Handle {
public:
    Handle();
    ~Handle();

    void set_option(const char* name, binding::Bytes value, binding::Failure& failure);
    void start(binding::Failure& failure);
    void add_descriptor(long long descriptor, binding::Failure& failure);
    void adopt(binding::Failure& failure);
    bool closed();
    bool ended();
    int fd(binding::Failure& failure);
    void wakeup(binding::Failure& failure);
    void stop(binding::Failure& failure);
    void hand_over(binding::Failure& failure);
    void take_over(binding::Failure& failure);
    void change(const char* name, binding::Bytes value, binding::Failure& failure);
    void remove_group(long long group, binding::Failure& failure);
    void remove_tap(binding::Bytes match, binding::Bytes hook, binding::Failure& failure);
    void remove_taps(binding::Failure& failure);
    binding::Optional tap_group(binding::Failure& failure);
    binding::List groups(binding::Failure& failure);
    binding::List descriptors(binding::Failure& failure);
    void expect(long long group, long long seq, binding::Failure& failure);
    unsigned long long expected(long long group, binding::Failure& failure);
    nflogcap_stats stats(binding::Failure& failure);
    nflogcap_stats group_stats(long long group, binding::Failure& failure);
};

class Dump {
public:
    Dump();
    ~Dump();

    void open(binding::Bytes path, binding::Bytes link_type, binding::Bytes format,
              binding::Bytes compression, binding::Failure& failure);
    bool write(const binding::Packet& packet, binding::Failure& failure);
    void flush(binding::Failure& failure);
    void take_over(binding::Failure& failure);
    void close(binding::Failure& failure);
    bool closed();
    unsigned long long position(binding::Failure& failure);
    unsigned long long written(binding::Failure& failure);
    unsigned long long skipped(binding::Failure& failure);
};

} // namespace binding

// The library's descriptions, over which fronts loop.
%rename(name_of_class(Option)) nflogcap_option;
%rename(name_of_class(Counter)) nflogcap_counter;
%nodefaultctor;
%nodefaultdtor;
%immutable;
struct nflogcap_option {
    const char* name;
    const char* description;
    const char* unit;
    const char* choices;
    uint64_t minimum;
    uint64_t maximum;
    uint64_t default_value;
    uint32_t kind;
    uint32_t is_repeatable;
};
struct nflogcap_counter {
    const char* name;
    const char* description;
    uint32_t is_per_group;
};
%mutable;
const nflogcap_option* nflogcap_option_at(size_t index);
const nflogcap_counter* nflogcap_counter_at(size_t index);

%constant int INTEGER = NFLOGCAP_INTEGER;
%constant int TEXT = NFLOGCAP_TEXT;
%constant int BOOLEAN = NFLOGCAP_BOOLEAN;
%constant int PATH = NFLOGCAP_PATH;
%constant int CHOICE = NFLOGCAP_CHOICE;
%constant int GROUPS = NFLOGCAP_GROUPS;

const char* nflogcap_version();
