// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

// Ruby's headers come last: they define macros over common names.
#include <ruby.h>

namespace binding::ruby {

// Leaves by longjmp, as all that raises in Ruby: no frame that calls it may need a destructor.
[[noreturn]] void raise(const Failure& failure);

// Raises TypeError: the argument of this name must be what is wanted, such as "an Integer".
[[noreturn]] void refuse_type(VALUE value, const char* name, const char* wanted);

// Clamped to what a long long holds. TypeError for what is no Integer.
long long to_integer(VALUE value, const char* name);

} // namespace binding::ruby
