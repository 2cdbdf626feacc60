// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <linux/netlink.h>
#include <optional>
#include <string>
#include <vector>

// Checks whether a rule only matches packets and logs them. Such a rule sets no verdict, and
// changes no packet, connection, set, counter or setting. It may have its own state (limit, quota,
// numgen). This state affects only whether the rule matches, and is removed with the rule. The rule
// is checked in the form in which the kernel returns it.
namespace nflog {

// If the rule (NFT_MSG_NEWRULE) only matches and then logs to the group, returns the names of the
// sets that it uses. The elements of these sets must only match, too. Returns nothing for any other
// rule.
std::optional<std::vector<std::string>> sets_of_looking_rule(const nlmsghdr& rule,
                                                             std::uint16_t group);

// Whether these elements of a set (NFT_MSG_NEWSETELEM) have only statements that match.
bool elements_only_look(const nlmsghdr& elements);

} // namespace nflog
