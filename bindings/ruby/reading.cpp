// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading.hpp"

#include "batch_type.hpp"
#include "errors.hpp"
#include "packet_type.hpp"

#include <cerrno>

#include <ruby/fiber/scheduler.h>

namespace binding::ruby {

namespace {

// Sets `taken`. If there is nothing to take, returns the value that each_ready() must return.
template <typename Taken>
VALUE look(Handle& handle, Taken*& taken, bool has_scheduler)
{
    if (has_scheduler && handle.slice().is_over()) {
        handle.slice().end();
        return INT2FIX(0);
    }
    const int got = handle.take(taken);
    if (got > 0)
        return Qnil;
    handle.slice().end();
    switch (got) {
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

template <typename Taken>
VALUE take(Handle& handle)
{
    Taken* taken = nullptr;
    const VALUE state = look(handle, taken, rb_fiber_scheduler_current() != Qnil);
    if (taken != nullptr)
        return wrapped(taken);
    if (state == Qtrue)
        rb_raise(rb_eEOFError, "the capture has ended");
    return state;
}

template <typename Taken>
VALUE each_ready(Handle& handle)
{
    const bool has_scheduler = rb_fiber_scheduler_current() != Qnil;
    for (;;) {
        Taken* taken = nullptr;
        const VALUE state = handle.closed() ? Qtrue : look(handle, taken, has_scheduler);
        if (taken == nullptr)
            return state;
        rb_yield(wrapped(taken));
    }
}

} // namespace

VALUE take(Handle& handle)
{
    return take<Packet>(handle);
}

VALUE take_batch(Handle& handle)
{
    return take<Batch>(handle);
}

VALUE each_ready(Handle& handle)
{
    return each_ready<Packet>(handle);
}

VALUE each_ready_batch(Handle& handle)
{
    return each_ready<Batch>(handle);
}

} // namespace binding::ruby
