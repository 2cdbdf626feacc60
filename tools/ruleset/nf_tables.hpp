// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// Reads from the kernel the tables of nftables, and therefore those of iptables-nft, in the network
// namespace of this process. Throws Failure.
std::vector<Table> read_nf_tables();

} // namespace command
