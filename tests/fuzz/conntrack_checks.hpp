// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

namespace fuzz {

// Checks of a packet's conntrack entry: absent members are 0, and the others are valid.
void check_conntrack(const nflogcap_packet& packet);

} // namespace fuzz
