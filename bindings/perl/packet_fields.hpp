// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "perl_headers.hpp"

namespace binding::perl {

// Makes a method of packets for each field, lists the fields as @Nflogcap::Packet::FIELDS, and
// makes the methods of batches.
void define_fields(pTHX);

// A reference to a hash of the constants, by their names.
SV* constants(PerlInterpreter* perl);

} // namespace binding::perl
