// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// The tables of nftables, and so of iptables-nft, in the network namespace of this process, which
// the kernel is asked for. Throws Failure.
std::vector<Table> read_nf_tables();

} // namespace command
