// SPDX-License-Identifier: GPL-2.0-or-later
#include "errors.hpp"

#include <cerrno>
#include <limits>

namespace binding::ruby {

namespace {

VALUE class_of(const Failure& failure)
{
    switch (-failure.code) {
    case EBADF:
        return rb_eIOError; // the class that Ruby raises for a closed IO
    case ERANGE:
        return rb_eRangeError;
    case EINVAL:
    case EEXIST:
        return rb_eArgError;
    case ENOMEM:
        return rb_eNoMemError;
    default:
        return Qnil; // the caller makes a SystemCallError
    }
}

} // namespace

void raise(const Failure& failure)
{
    const VALUE words = rb_utf8_str_new_cstr(failure.words);
    if (const VALUE kind = class_of(failure); kind != Qnil)
        rb_exc_raise(rb_exc_new_str(kind, words));
    // SystemCallError.new returns an instance of the Errno class.
    const VALUE arguments[] = {words, INT2FIX(-failure.code)};
    rb_exc_raise(rb_class_new_instance(2, arguments, rb_eSystemCallError));
}

void refuse_type(VALUE value, const char* name, const char* wanted)
{
    rb_raise(rb_eTypeError, "%s must be %s, not %" PRIsVALUE, name, wanted,
             value == Qnil ? rb_str_new_cstr("nil") : rb_class_name(rb_obj_class(value)));
}

long long to_integer(VALUE value, const char* name)
{
    using Limits = std::numeric_limits<long long>;
    if (FIXNUM_P(value))
        return FIX2LONG(value);
    if (!RB_TYPE_P(value, T_BIGNUM))
        refuse_type(value, name, "an Integer");
    // The value is out of range for every parameter, because no parameter's range is as wide as
    // long long.
    return rb_big_cmp(value, INT2FIX(0)) == INT2FIX(1) ? Limits::max() : Limits::min();
}

} // namespace binding::ruby
