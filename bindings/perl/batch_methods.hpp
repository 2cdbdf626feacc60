// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "perl_headers.hpp"

namespace binding::perl {

// Defines the methods of batches.
void define_batch_methods(pTHX);

} // namespace binding::perl
