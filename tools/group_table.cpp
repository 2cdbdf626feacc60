// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_table.hpp"

#include "failure.hpp"
#include "proc_net.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace command {

std::vector<BoundGroup> bound_groups()
{
    constexpr const char* name = "netfilter/nfnetlink_log";
    const auto text = read_proc_net(name);
    if (!text)
        throw Failure("no group is bound: the kernel has no NFLOG, or has not loaded it yet; "
                      "'modprobe nfnetlink_log' as root of the machine loads it");
    std::vector<BoundGroup> groups;
    std::istringstream table(*text);
    for (std::string line; std::getline(table, line);) {
        std::istringstream columns(line);
        BoundGroup group{};
        unsigned copies = 0;
        if (!(columns >> group.group >> group.port >> group.queued >> copies >> group.snaplen >>
              group.flush_timeout))
            throw Failure(std::string("/proc/self/net/") + name +
                          " has another format than expected, in the line: " + line);
        group.copies = static_cast<BoundGroup::Copies>(copies);
        group.flush_timeout *= 10; // the kernel's unit is 10 ms
        groups.push_back(group);
    }
    std::ranges::sort(groups, {}, &BoundGroup::group);
    return groups;
}

Owners owners_of(const std::vector<BoundGroup>& groups)
{
    std::set<std::uint32_t> ports;
    for (const BoundGroup& group : groups)
        ports.insert(group.port);
    return nflog::holders_of(ports);
}

} // namespace command
