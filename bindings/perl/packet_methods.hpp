// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "perl_headers.hpp"

namespace binding::perl {

// Defines a method of packets for each field, and to_hash. Lists the fields in
// @Nflogcap::Packet::FIELDS.
void define_packet_methods(pTHX);

} // namespace binding::perl
