// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <linux/netlink.h>
#include <optional>
#include <string>
#include <vector>

// Checks whether a rule, as the kernel returns it, only matches packets and logs them: it sets no
// verdict, and changes no packet, connection, set, counter or setting. A rule may keep state of its
// own (limit, quota, numgen), which affects only whether it matches, and ends with the rule.
namespace nflog {

// If the rule (NFT_MSG_NEWRULE) only matches, and then logs to the group: the names of the sets in
// which it looks up packets. Otherwise absent. The elements of these sets must only match, too.
std::optional<std::vector<std::string>> sets_of_looking_rule(const nlmsghdr& rule,
                                                             std::uint16_t group);

// Whether these elements of a set (NFT_MSG_NEWSETELEM) only match.
bool elements_only_look(const nlmsghdr& elements);

} // namespace nflog
