// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace nflog {

// The groups that have an owner, in the thread's network namespace; none where that is not to be
// seen.
std::set<std::uint16_t> owned_groups();

// Why the kernel answered EPERM to the binding of a group, and what to do: it says the same where
// another socket owns the group and where the capability is missing.
std::string explain_refusal(std::uint16_t group);

} // namespace nflog
