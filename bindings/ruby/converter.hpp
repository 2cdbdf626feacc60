// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>

#include <ruby.h>

namespace binding::ruby {

// For convert().
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
};
// NOLINTEND(readability-convert-member-functions-to-static)

} // namespace binding::ruby
