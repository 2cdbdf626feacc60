// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

#include "perl_headers.hpp"

// Functions that convert the arguments of methods. For an invalid argument they raise an error with
// the argument's name.
namespace binding::perl {

// Dies with a message that shows how to call the method.
[[noreturn]] void refuse_count(pTHX_ const char* usage);

// If the integer is outside the range of long long, returns the nearest end of the range.
long long to_integer(pTHX_ SV* value, const char* name);

// Returns the bytes of the value itself, without copying them.
Bytes to_text(pTHX_ SV* value, const char* name);

// Returns a number less than 0 for undef, which means to wait for ever.
double to_timeout(pTHX_ SV* value);

} // namespace binding::perl
