// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

#include "perl_headers.hpp"

// The arguments of methods. What they refuse they raise, with the argument's name.
namespace binding::perl {

// Dies with how the method is to be called.
[[noreturn]] void refuse_count(pTHX_ const char* usage);

// Clamped to what a long long holds.
long long to_integer(pTHX_ SV* value, const char* name);

// The value's own bytes.
Bytes to_text(pTHX_ SV* value, const char* name);

// Less than 0 for undef, which is for ever.
double to_timeout(pTHX_ SV* value);

} // namespace binding::perl
