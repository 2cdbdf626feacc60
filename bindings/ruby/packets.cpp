// SPDX-License-Identifier: GPL-2.0-or-later
#include "packets.hpp"

#include "errors.hpp"

#include <cerrno>

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

constexpr rb_data_type_t packet_type()
{
    rb_data_type_t type{};
    type.wrap_struct_name = "Nflogcap::Packet";
    type.function.dfree = free_packet;
    type.function.dsize = size_of;
    type.flags = RUBY_TYPED_FREE_IMMEDIATELY;
    return type;
}

constexpr rb_data_type_t type = packet_type();
VALUE packet_class = Qnil;

VALUE wrap(Packet* packet)
{
    return rb_data_typed_object_wrap(packet_class, packet, &type);
}

// What each_ready() returns where there is no packet.
VALUE look(Handle& handle, Packet*& packet)
{
    const int got = handle.take(packet);
    switch (got) {
    case 1:
    case 0:
        return Qnil;
    case -ECANCELED:
        return Qfalse;
    case -ENODATA:
        return Qtrue;
    default:
        Failure failure;
        handle.explain(got, failure);
        raise(failure);
    }
}

} // namespace

void define_packet(VALUE klass)
{
    packet_class = klass;
    rb_gc_register_mark_object(klass);
    rb_undef_alloc_func(klass);
}

Packet* packet_of(VALUE self)
{
    return static_cast<Packet*>(rb_check_typeddata(self, &type));
}

VALUE take(Handle& handle)
{
    Packet* packet = nullptr;
    const VALUE state = look(handle, packet);
    if (packet != nullptr)
        return wrap(packet);
    if (state == Qtrue)
        rb_raise(rb_eEOFError, "the capture has ended");
    return state;
}

VALUE each_ready(Handle& handle)
{
    for (;;) {
        Packet* packet = nullptr;
        const VALUE state = look(handle, packet);
        if (packet == nullptr)
            return state;
        rb_yield(wrap(packet));
    }
}

} // namespace binding::ruby
