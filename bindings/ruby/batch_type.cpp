// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch_type.hpp"

#include "converter.hpp"
#include "data_type.hpp"
#include "errors.hpp"
#include "packet_type.hpp"

namespace binding::ruby {

namespace {

// Reports memory from malloc() to Ruby's garbage collector, which does not see it.
void account(ssize_t bytes)
{
    rb_gc_adjust_memory_usage(bytes);
}

void free_batch(void* data)
{
    auto* const batch = static_cast<Batch*>(data);
    account(-static_cast<ssize_t>(batch->bytes()));
    Batch::release(batch);
}

std::size_t size_of(const void* batch)
{
    return static_cast<const Batch*>(batch)->bytes();
}

constexpr rb_data_type_t type = data_type("Nflogcap::Batch", free_batch, size_of);
VALUE batch_class = Qnil;

Batch& batch_of(VALUE self)
{
    return *static_cast<Batch*>(rb_check_typeddata(self, &type));
}

VALUE size(VALUE self)
{
    return SIZET2NUM(batch_of(self).size());
}

VALUE new_packet(const Packet& packet)
{
    Packet* const copied = copy(packet.view, *packet.interfaces);
    if (copied == nullptr)
        rb_memerror();
    return wrapped(copied);
}

// Returns a packet. As in arrays, a negative index counts from the end, and an index out of range
// gives nil.
VALUE packet_at(VALUE self, VALUE index)
{
    Batch& batch = batch_of(self);
    const auto size = static_cast<long long>(batch.size());
    long long at = to_integer(index, "index");
    if (at < 0)
        at += size;
    return 0 <= at && at < size ? new_packet(batch.packets()[static_cast<std::size_t>(at)]) : Qnil;
}

template <typename Value>
VALUE list_of(Batch& batch, Value value)
{
    const VALUE list = rb_ary_new_capa(static_cast<long>(batch.size()));
    for (Packet& packet : batch.packets())
        rb_ary_push(list, value(packet));
    return list;
}

VALUE payloads(VALUE self)
{
    const VALUE list = list_of(batch_of(self), [](const Packet& packet) {
        return Converter().bytes(reinterpret_cast<const char*>(packet.view.payload),
                                 packet.view.payload_length);
    });
    RB_GC_GUARD(self);
    return list;
}

VALUE column(VALUE self, VALUE name)
{
    Batch& batch = batch_of(self);
    VALUE text = SYMBOL_P(name) ? rb_sym2str(name) : rb_check_string_type(name);
    if (text == Qnil)
        refuse_type(name, "field", "a Symbol or String");
    Failure failure;
    const Field* const field =
        find_field({RSTRING_PTR(text), static_cast<std::size_t>(RSTRING_LEN(text))}, failure);
    if (field == nullptr)
        raise(failure);
    const VALUE list =
        list_of(batch, [&](Packet& packet) { return convert(packet, *field, Converter()); });
    RB_GC_GUARD(self);
    RB_GC_GUARD(text);
    return list;
}

} // namespace

void define_batch()
{
    batch_class = rb_define_class_under(rb_define_module("Nflogcap"), "Batch", rb_cObject);
    rb_gc_register_mark_object(batch_class);
    rb_undef_alloc_func(batch_class);
    rb_define_method(batch_class, "size", size, 0);
    rb_define_private_method(batch_class, "packet_at", packet_at, 1);
    rb_define_method(batch_class, "payloads", payloads, 0);
    rb_define_method(batch_class, "column", column, 1);
}

VALUE wrapped(Batch* batch)
{
    const VALUE object = rb_data_typed_object_wrap(batch_class, batch, &type);
    account(static_cast<ssize_t>(batch->bytes()));
    return object;
}

} // namespace binding::ruby
