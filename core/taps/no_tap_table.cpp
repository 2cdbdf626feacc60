// SPDX-License-Identifier: GPL-2.0-or-later
// In place of tap_table.cpp where there is no libnftables to build with.
#include "tap_table.hpp"

#include "error.hpp"

#include <cerrno>

namespace nflog {

void TapTable::require_support()
{
    throw Error(EOPNOTSUPP, "cannot tap: this library was built without libnftables; write a rule "
                            "that logs to a group (nft ... log group 5), and capture that group");
}

TapTable::TapTable(const std::vector<Tap>& /*taps*/, std::uint16_t /*group*/,
                   const Ownership& ownership)
    : ownership_(ownership)
{
    require_support();
}

TapTable::~TapTable() = default;

} // namespace nflog
