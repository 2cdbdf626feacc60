// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_owners.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <dirent.h>
#include <fstream>
#include <linux/netlink.h>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>

namespace nflog {

namespace {

struct Close {
    void operator()(DIR* directory) const noexcept { closedir(directory); }
};

// /proc/net shows the network namespace of the process's main thread. The calling thread may be in
// another one.
constexpr const char* socket_table = "/proc/thread-self/net/netlink";

// nfnetlink_log's own table of groups. Its mode is 0440. If the network namespace was created
// before its user namespace had a root user, root of that user namespace cannot read the table.
constexpr const char* group_table = "/proc/thread-self/net/netfilter/nfnetlink_log";

std::optional<std::string> inode_of_port(std::uint32_t port)
{
    std::ifstream table(socket_table);
    std::string line;
    std::getline(table, line); // the headings
    while (std::getline(table, line)) {
        // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
        std::istringstream columns(line);
        std::string skipped;
        std::string inode;
        unsigned protocol = 0;
        std::uint32_t number = 0;
        columns >> skipped >> protocol >> number;
        constexpr int up_to_drops = 6;
        for (int i = 0; i < up_to_drops; ++i)
            columns >> skipped;
        if (columns >> inode && protocol == NETLINK_NETFILTER && number == port)
            return inode;
    }
    return std::nullopt;
}

// Returns the name of the first entry of a directory for which passes() is true; empty if there is
// none. An entry that cannot be read counts as absent, because its process may have ended or belong
// to another user. std::filesystem's iterator is not used, because it ends the program if memory
// runs out.
template <typename Passes>
std::string find_entry(const std::string& directory, Passes passes)
{
    const std::unique_ptr<DIR, Close> entries(opendir(directory.c_str()));
    if (!entries)
        return {};
    // No other thread uses this directory.
    while (const dirent* entry = readdir(entries.get())) { // NOLINT(concurrency-mt-unsafe)
        std::string name = static_cast<const char*>(entry->d_name);
        if (passes(name))
            return name;
    }
    return {};
}

bool holds_socket(const std::string& process, const std::string& link)
{
    const std::string directory = process + "/fd";
    const std::string fd = find_entry(directory, [&](const std::string& name) {
        std::array<char, 64> target{}; // NOLINT(*-magic-numbers): longer than a socket's
        const ssize_t length =
            readlink((directory + "/" + name).c_str(), target.data(), target.size());
        return length > 0 &&
               link == std::string_view(target.data(), static_cast<std::size_t>(length));
    });
    return !fd.empty();
}

// Returns text such as " (process 1234, ulogd)"; empty if the process is not visible.
std::string process_of_port(std::uint32_t port)
{
    const auto inode = inode_of_port(port);
    if (!inode)
        return {};
    const std::string link = "socket:[" + *inode + "]";
    if (holds_socket("/proc/self", link)) // first, because a child of fork() may hold it too
        return " (this process)";
    std::string command;
    const std::string holder = find_entry("/proc", [&](const std::string& name) {
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc() ||
            !holds_socket("/proc/" + name, link))
            return false;
        std::ifstream comm("/proc/" + name + "/comm");
        return static_cast<bool>(
            std::getline(comm, command)); // false: the process has ended meanwhile
    });
    if (holder.empty())
        return {};
    return " (process " + holder + ", " + command + ")";
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
