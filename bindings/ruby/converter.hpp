// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>

#include <ruby.h>

namespace binding::ruby {

VALUE class_of(const Record& record);

// The language's functions for convert().
// NOLINTBEGIN(readability-convert-member-functions-to-static): other languages have a state
struct Converter {
    [[nodiscard]] VALUE absent() const { return Qnil; }
    [[nodiscard]] VALUE integer(std::uint64_t value) const { return ULL2NUM(value); }
    [[nodiscard]] VALUE seconds(double value) const { return DBL2NUM(value); }
    [[nodiscard]] VALUE bytes(const char* data, std::size_t length) const
    {
        return rb_str_new(data, static_cast<long>(length));
    }
    [[nodiscard]] VALUE text(const char* data, std::size_t length) const
    {
        return rb_utf8_str_new(data, static_cast<long>(length));
    }
    [[nodiscard]] VALUE list(const List& list) const
    {
        const VALUE values = rb_ary_new();
        for (std::size_t i = 0; i < list.length; ++i)
            rb_ary_push(values, integer(list[i]));
        return values;
    }
    // Returns a frozen Struct.
    template <typename Fields>
    [[nodiscard]] VALUE record(const Record& record, const Fields& fields) const
    {
        VALUE values = rb_ary_new();
        for (const Field& field : record.fields)
            rb_ary_push(values, fields(field, *this));
        const VALUE made = rb_class_new_instance(static_cast<int>(RARRAY_LEN(values)),
                                                 RARRAY_CONST_PTR(values), class_of(record));
        RB_GC_GUARD(values);
        return rb_obj_freeze(made);
    }
};
// NOLINTEND(readability-convert-member-functions-to-static)

} // namespace binding::ruby
