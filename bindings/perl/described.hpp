// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

#include "perl_headers.hpp"

// The library's descriptions, as references to hashes with the descriptions' members.
namespace binding::perl {

SV* converted(pTHX_ const nflogcap_stats& stats);
SV* constants(PerlInterpreter* perl);

} // namespace binding::perl
