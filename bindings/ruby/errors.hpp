// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

// Ruby's headers come last, because they define macros with common names.
#include <ruby.h>

namespace binding::ruby {

// Raises an exception. Ruby does this by longjmp: callers must have no destructors to run.
[[noreturn]] void raise(const Failure& failure);

// Raises TypeError. `wanted`: what the argument must be, such as "an Integer".
[[noreturn]] void refuse_type(VALUE value, const char* name, const char* wanted);

// If the integer is outside the range of long long, returns the nearest end of the range. Raises
// TypeError if the value is not an Integer.
long long to_integer(VALUE value, const char* name);

} // namespace binding::ruby
