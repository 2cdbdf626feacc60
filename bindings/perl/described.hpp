// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

#include "perl_headers.hpp"

// Returns the library's descriptions as references to hashes, which have the members of the
// descriptions.
namespace binding::perl {

SV* converted(pTHX_ const nflogcap_stats& stats);
SV* constants(PerlInterpreter* perl);

} // namespace binding::perl
