// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

#include <algorithm>
#include <cstring>
#include <linux/netfilter/xt_NFLOG.h>

// Functions for the targets of iptables, in the legacy tables and in the tables of iptables-nft.
namespace command {

// Returns the settings of -j NFLOG or, with the same data format, of --nflog in ebtables-nft.
inline std::optional<Log> log_in_target(std::string_view name, std::string_view data)
{
    xt_nflog_info info{};
    if ((name != "NFLOG" && name != "nflog") || data.size() < sizeof info)
        return std::nullopt;
    std::memcpy(&info, data.data(), sizeof info);
    Log log{};
    log.group = info.group;
    log.prefix.assign(info.prefix, strnlen(info.prefix, sizeof info.prefix));
    log.snaplen = (info.flags & XT_NFLOG_F_COPY_LEN) != 0 ? info.len : 0;
    log.queue_threshold = info.threshold;
    return log;
}

// Returns what a target does with a packet, if no packet continues after the target. Returns "" for
// any other target.
inline std::string_view final_target(std::string_view name)
{
    struct Target {
        std::string_view name;
        std::string_view does;
    };
    static constexpr Target targets[] = {{"REJECT", "rejects"},         {"NFQUEUE", "queues"},
                                         {"DNAT", "translates"},        {"SNAT", "translates"},
                                         {"MASQUERADE", "masquerades"}, {"REDIRECT", "redirects"},
                                         {"NETMAP", "translates"}};
    const auto* found = std::ranges::find(targets, name, &Target::name);
    return found == std::end(targets) ? std::string_view() : found->does;
}

} // namespace command
