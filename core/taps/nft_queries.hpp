// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

// Queries to the kernel about the library's own table. They read no other table.
namespace nflog {

// Whether a table with that name exists in a family.
bool has_table(std::uint8_t family, const std::string& table);

// Whether a chain has only one rule, and this rule only matches packets and logs them to the group
// (see tap_rule.hpp). Throws Error if the chain has no rule.
bool only_looks_and_logs(std::uint8_t family, const std::string& table, const std::string& chain,
                         std::uint16_t group);

} // namespace nflog
