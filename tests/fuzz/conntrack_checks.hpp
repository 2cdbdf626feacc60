// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

namespace fuzz {

// What must hold of a packet's conntrack entry: what it does not have is 0, and what it has is
// valid.
void check_conntrack(const nflogcap_packet& packet);

} // namespace fuzz
