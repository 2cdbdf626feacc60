// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <ruby.h>

namespace binding::ruby {

// Returns the type for objects that own memory of this library, and that refer to no Ruby object.
constexpr rb_data_type_t data_type(const char* name, void (*free)(void*),
                                   std::size_t (*size)(const void*))
{
    rb_data_type_t type{};
    type.wrap_struct_name = name;
    type.function.dfree = free;
    type.function.dsize = size;
    type.flags = RUBY_TYPED_FREE_IMMEDIATELY | RUBY_TYPED_WB_PROTECTED;
    return type;
}

} // namespace binding::ruby
