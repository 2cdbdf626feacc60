// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

#include "perl_headers.hpp"

// What the library describes, as references to hashes by its names.
namespace binding::perl {

SV* converted(pTHX_ const nflogcap_stats& stats);
SV* constants(PerlInterpreter* perl);

} // namespace binding::perl
