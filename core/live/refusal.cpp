// SPDX-License-Identifier: GPL-2.0-or-later
#include "refusal.hpp"

#include "group_owners.hpp"

#include <fstream>
#include <linux/capability.h>

namespace nflog {

namespace {

bool has_net_admin()
{
    std::ifstream status("/proc/thread-self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("CapEff:"))
            return (std::stoull(line.substr(sizeof "CapEff:"), nullptr, 16) &
                    (1ULL << CAP_NET_ADMIN)) != 0;
    }
    return false;
}

} // namespace

Refusal explain_refusal(std::uint16_t group)
{
    const GroupOwner owner = owner_of(group);
    if (!owner.description.empty())
        return {"it is owned by " + owner.description +
                    "; a group has one owner in a network namespace: capture another group, or end "
                    "that owner",
                false};
    if (!has_net_admin())
        return {"CAP_NET_ADMIN is missing; run as root, give the program the capability (setcap "
                "cap_net_admin+ep), or capture in namespaces of your own (unshare --user "
                "--map-root-user --net)",
                false};
    if (!owner.is_visible)
        return {"another socket may own it (/proc/net/netfilter/nfnetlink_log names it, and cannot "
                "be read here), or CAP_NET_ADMIN is not held in the user namespace that owns this "
                "network namespace",
                false};
    return {"CAP_NET_ADMIN is held, but not in the user namespace that owns this network "
            "namespace; enter that one, or make a network namespace of your own (unshare --net)",
            true};
}

} // namespace nflog
