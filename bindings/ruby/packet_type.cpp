// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_type.hpp"

#include "converter.hpp"
#include "data_type.hpp"
#include "errors.hpp"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace binding::ruby {

namespace {

void free_packet(void* packet)
{
    release(static_cast<Packet*>(packet));
}

std::size_t size_of(const void* packet)
{
    return sizeof(Packet) + static_cast<const Packet*>(packet)->view.message_length;
}

constexpr rb_data_type_t type = data_type("Nflogcap::Packet", free_packet, size_of);
VALUE packet_class = Qnil;

// Returns a field. A method does not know the name by which it was called; therefore each field has
// its own function.
template <std::size_t index>
VALUE get(VALUE self)
{
    return convert(*packet_of(self), fields()[index], Converter());
}

using Getter = VALUE (*)(VALUE);
constexpr std::size_t max_fields = 128;
constexpr auto getters = []<std::size_t... index>(std::index_sequence<index...>)
{
    return std::array<Getter, sizeof...(index)>{get<index>...};
}
(std::make_index_sequence<max_fields>());

// Defines a Struct with the fields of the record, such as Nflogcap::Conntrack.
VALUE define_record(const Record& record)
{
    VALUE names = rb_ary_new();
    for (const Field& field : record.fields)
        rb_ary_push(names, ID2SYM(rb_intern(field.name.c_str())));
    const VALUE klass = rb_funcallv(rb_cStruct, rb_intern("new"),
                                    static_cast<int>(RARRAY_LEN(names)), RARRAY_CONST_PTR(names));
    RB_GC_GUARD(names);
    rb_define_const(rb_define_module("Nflogcap"), record.name.c_str(), klass);
    return klass;
}

std::vector<VALUE> record_classes; // by the index of the record

VALUE is_equal(VALUE self, VALUE other)
{
    if (rb_typeddata_is_kind_of(other, &type) == 0)
        return Qfalse;
    return are_equal(*packet_of(self), *packet_of(other)) ? Qtrue : Qfalse;
}

VALUE hash(VALUE self)
{
    return ST2FIX(hash_of(*packet_of(self)));
}

} // namespace

void define_packet()
{
    const VALUE klass =
        rb_path2class("Nflogcap::Packet"); // SWIG has defined this class, and wraps its methods
    packet_class = klass;
    rb_gc_register_mark_object(klass);
    rb_undef_alloc_func(klass);
    rb_define_method(klass, "==", is_equal, 1);
    rb_define_method(klass, "eql?", is_equal, 1);
    rb_define_method(klass, "hash", hash, 0);
    const VALUE names = rb_ary_new();
    for (std::size_t i = 0; i < fields().size(); ++i) {
        if (i == getters.size())
            rb_raise(rb_eNotImpError, "this build knows %d fields, and the library has more",
                     static_cast<int>(getters.size()));
        const char* const name = fields()[i].name.c_str();
        rb_define_method(klass, name, getters[i], 0);
        rb_ary_push(names, ID2SYM(rb_intern(name)));
    }
    rb_define_const(klass, "FIELDS", rb_obj_freeze(names));
    for (const Record& record : records()) {
        record_classes.push_back(define_record(record));
        rb_gc_register_mark_object(record_classes.back());
    }
}

VALUE class_of(const Record& record)
{
    return record_classes[record.index];
}

void define_constants()
{
    const VALUE module = rb_define_module("Nflogcap");
    for (const Constant& constant : constants())
        rb_define_const(module, constant.name.c_str(), ULL2NUM(constant.value));
}

VALUE converted(const nflogcap_stats& stats)
{
    const VALUE values = rb_ary_new();
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i)
        rb_ary_push(values, ULL2NUM(value_of(stats, *counter)));
    return values;
}

VALUE wrapped(Packet* packet)
{
    return packet == nullptr ? Qnil : rb_data_typed_object_wrap(packet_class, packet, &type);
}

Packet* packet_of(VALUE value)
{
    if (rb_typeddata_is_kind_of(value, &type) == 0)
        refuse_type(value, "packet", "an Nflogcap::Packet");
    return static_cast<Packet*>(RTYPEDDATA_DATA(value));
}

} // namespace binding::ruby
