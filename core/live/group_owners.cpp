// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_owners.hpp"

#include "socket_holders.hpp"

#include <fstream>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace nflog {

namespace {

// nfnetlink_log's own table of groups. Its mode is 0440. If the network namespace was created
// before its user namespace had a root user, root of that user namespace cannot read the table.
constexpr const char* group_table = "/proc/thread-self/net/netfilter/nfnetlink_log";

// Returns text such as " (process 1234, ulogd)"; empty if the process is not visible.
std::string process_of_port(std::uint32_t port)
{
    const auto holders = holders_of({port});
    if (holders.empty())
        return {};
    const Process& process = holders.begin()->second;
    if (process.pid == getpid())
        return " (this process)";
    return " (process " + std::to_string(process.pid) + ", " + process.name + ")";
}

} // namespace

std::optional<std::map<std::uint16_t, std::uint32_t>> ports_of_groups()
{
    std::ifstream table(group_table);
    if (!table.is_open())
        return std::nullopt;
    std::map<std::uint16_t, std::uint32_t> ports;
    for (std::string line; std::getline(table, line);) {
        std::istringstream columns(line);
        std::uint16_t number = 0;
        std::uint32_t port = 0;
        if (columns >> number >> port)
            ports[number] = port;
    }
    return ports;
}

std::set<std::uint16_t> owned_groups()
{
    std::set<std::uint16_t> groups;
    if (const auto ports = ports_of_groups()) {
        for (const auto& [group, port] : *ports)
            groups.insert(group);
    }
    return groups;
}

GroupOwner owner_of(std::uint16_t group)
{
    const auto ports = ports_of_groups();
    if (!ports || !ports->contains(group))
        return {ports.has_value(), {}};
    const std::uint32_t port = ports->at(group);
    return {true, "netlink port " + std::to_string(port) + process_of_port(port)};
}

} // namespace nflog
