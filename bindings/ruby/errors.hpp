// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

// Ruby's headers come last: they define macros over common names.
#include <ruby.h>

namespace binding::ruby {

// Leaves by longjmp, like every exception in Ruby: no frame that calls it may need a destructor.
[[noreturn]] void raise(const Failure& failure);

// Raises TypeError: the argument must be what is wanted, such as "an Integer".
[[noreturn]] void refuse_type(VALUE value, const char* name, const char* wanted);

// Clamped to the range of long long. TypeError if the value is not an Integer.
long long to_integer(VALUE value, const char* name);

} // namespace binding::ruby
