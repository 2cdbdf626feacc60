// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_table.hpp"

#include "failure.hpp"
#include "proc_net.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <linux/netlink.h>
#include <optional>
#include <set>
#include <sstream>

namespace command {

namespace {

namespace fs = std::filesystem;

// Netlink ports. The key is the target of the link in /proc/PID/fd for the socket: "socket:[1234]".
using PortsBySocket = std::map<std::string, std::uint32_t>;

PortsBySocket sockets_of(const std::vector<BoundGroup>& groups)
{
    std::set<std::uint32_t> ports;
    for (const BoundGroup& group : groups)
        ports.insert(group.port);
    PortsBySocket sockets;
    std::istringstream table(read_proc_net("netlink").value_or(""));
    std::string line;
    std::getline(table, line); // the headings
    while (std::getline(table, line)) {
        // The columns are: sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
        std::istringstream columns(line);
        std::string skipped;
        std::string inode;
        unsigned protocol = 0;
        std::uint32_t port = 0;
        columns >> skipped >> protocol >> port;
        constexpr int up_to_drops = 6;
        for (int i = 0; i < up_to_drops; ++i)
            columns >> skipped;
        if (columns >> inode && protocol == NETLINK_NETFILTER && ports.contains(port))
            sockets.emplace("socket:[" + inode + "]", port);
    }
    return sockets;
}

// Calls `visit` with the target of each link in /proc/PID/fd of a process. Calls nothing if the
// process has ended meanwhile, or belongs to another user.
template <typename Visit>
void for_each_descriptor(const fs::path& process, Visit visit)
{
    std::error_code error;
    const fs::directory_iterator end;
    for (fs::directory_iterator at(process / "fd", error); !error && at != end;
         at.increment(error)) {
        std::error_code closed;
        visit(fs::read_symlink(at->path(), closed).string());
    }
}

// Returns the name of a process, which may contain newlines. Returns nothing if the process has
// ended.
std::optional<std::string> name_of(const fs::path& process)
{
    std::ifstream file(process / "comm");
    std::string name{std::istreambuf_iterator(file), {}};
    if (!name.ends_with('\n'))
        return std::nullopt;
    name.pop_back();
    return name;
}

} // namespace

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

std::map<std::uint32_t, Process> owners_of(const std::vector<BoundGroup>& groups)
{
    const PortsBySocket sockets = sockets_of(groups);
    std::map<std::uint32_t, Process> owners;
    std::error_code error;
    const fs::directory_iterator end;
    for (fs::directory_iterator at("/proc", error);
         !error && at != end && owners.size() < sockets.size(); at.increment(error)) {
        const std::string number = at->path().filename();
        pid_t pid = 0;
        if (std::from_chars(number.data(), number.data() + number.size(), pid).ec != std::errc())
            continue;
        std::vector<PortsBySocket::const_iterator> held;
        for_each_descriptor(at->path(), [&](const std::string& descriptor) {
            if (const auto found = sockets.find(descriptor); found != sockets.end())
                held.push_back(found);
        });
        if (held.empty())
            continue;
        const auto name = name_of(at->path());
        if (!name)
            continue;
        for (const auto& socket : held)
            owners.emplace(socket->second, Process{pid, *name});
    }
    return owners;
}

} // namespace command
