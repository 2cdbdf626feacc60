// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// Reads the tables of iptables-legacy and ip6tables-legacy in the network namespace of this process
// from the kernel. Throws Failure.
std::vector<Table> read_legacy_tables();

} // namespace command
