// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_table.hpp"

#include "failure.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <linux/netlink.h>
#include <sstream>

namespace command {

namespace {

namespace fs = std::filesystem;

constexpr const char* group_table = "/proc/self/net/netfilter/nfnetlink_log";
constexpr const char* socket_table = "/proc/self/net/netlink";

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

bool holds(const fs::path& process, const std::string& socket)
{
    std::error_code ignored; // processes end while they are looked at, and others are not ours
    for (const auto& fd : fs::directory_iterator(process / "fd", ignored)) {
        if (fs::read_symlink(fd.path(), ignored).string() == socket)
            return true;
    }
    return false;
}

} // namespace

std::vector<BoundGroup> bound_groups()
{
    std::ifstream table(group_table);
    if (!table) {
        if (errno == ENOENT)
            throw Failure(std::string(group_table) +
                          " is not there: this kernel has no NFLOG; 'modprobe nfnetlink_log' loads "
                          "it where it is a module");
        throw Failure(std::string("cannot read ") + group_table + ": " + std::strerror(errno) +
                      "; run as root");
    }
    std::vector<BoundGroup> groups;
    for (std::string line; std::getline(table, line);) {
        std::istringstream columns(line);
        BoundGroup group{};
        unsigned copies = 0;
        if (!(columns >> group.group >> group.port >> group.queued >> copies >> group.snaplen >>
              group.flush_timeout))
            throw Failure(std::string(group_table) + " is not laid out as known: " + line);
        group.copies = static_cast<BoundGroup::Copies>(copies);
        group.flush_timeout *= 10; // the kernel's unit is 10 ms
        groups.push_back(group);
    }
    std::sort(groups.begin(), groups.end(),
              [](const BoundGroup& a, const BoundGroup& b) { return a.group < b.group; });
    return groups;
}

std::optional<Process> owner_of_port(std::uint32_t port)
{
    const auto inode = inode_of_port(port);
    if (!inode)
        return std::nullopt;
    const std::string socket = "socket:[" + *inode + "]";
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename();
        Process process{};
        if (std::from_chars(name.data(), name.data() + name.size(), process.pid).ec !=
                std::errc() ||
            !holds(entry.path(), socket))
            continue;
        std::ifstream comm(entry.path() / "comm");
        if (std::getline(comm, process.name))
            return process;
    }
    return std::nullopt;
}

} // namespace command
