// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

#include "perl_headers.hpp"

// Convert the arguments of methods. They raise an error, with the argument's name, for an invalid
// argument.
namespace binding::perl {

// Dies with a message that shows how to call the method.
[[noreturn]] void refuse_count(pTHX_ const char* usage);

// Clamped to the range of long long.
long long to_integer(pTHX_ SV* value, const char* name);

// The bytes of the value itself, not a copy.
Bytes to_text(pTHX_ SV* value, const char* name);

// Less than 0 for undef: wait for ever.
double to_timeout(pTHX_ SV* value);

} // namespace binding::perl
