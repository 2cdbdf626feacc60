// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "perl_headers.hpp"

namespace binding::perl {

// Defines the methods that read: $capture->next($timeout) and $capture->read_batch($timeout).
void define_reading(pTHX);

} // namespace binding::perl
