// SPDX-License-Identifier: GPL-2.0-or-later
#include "socket_holders.hpp"

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
#include <unistd.h>
#include <vector>

namespace nflog {

namespace {

struct Close {
    void operator()(DIR* directory) const noexcept { closedir(directory); }
};

// The ports, keyed by the name that /proc gives to a descriptor of the socket: "socket:[1234]".
using PortsBySocket = std::map<std::string, std::uint32_t, std::less<>>;

PortsBySocket sockets_of(const std::set<std::uint32_t>& ports)
{
    PortsBySocket sockets;
    // /proc/net shows the network namespace of the process's main thread. The calling thread may be
    // in another one.
    std::ifstream table("/proc/thread-self/net/netlink");
    std::string line;
    std::getline(table, line); // the headings
    while (std::getline(table, line)) {
        // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
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

// Calls `visit` with the name of each entry of a directory, until it returns false. Processes may
// end meanwhile, and others belong to other users: a directory that cannot be read counts as empty.
// This does not use the C++ library's iterator, because that ends the program if there is no
// memory.
template <typename Visit>
void for_each_entry(const std::string& directory, Visit visit)
{
    const std::unique_ptr<DIR, Close> entries(opendir(directory.c_str()));
    if (!entries)
        return;
    // No other thread uses this directory.
    while (const dirent* entry = readdir(entries.get())) { // NOLINT(concurrency-mt-unsafe)
        if (!visit(std::string(static_cast<const char*>(entry->d_name))))
            return;
    }
}

// `process` is its directory in /proc.
std::vector<std::uint32_t> ports_held_by(const std::string& process, const PortsBySocket& sockets)
{
    std::vector<std::uint32_t> held;
    const std::string directory = process + "/fd";
    for_each_entry(directory, [&](const std::string& descriptor) {
        std::array<char, 64> target{}; // NOLINT(*-magic-numbers): longer than a socket's
        const ssize_t length =
            readlink((directory + "/" + descriptor).c_str(), target.data(), target.size());
        if (length > 0) {
            const auto found =
                sockets.find(std::string_view(target.data(), static_cast<std::size_t>(length)));
            if (found != sockets.end())
                held.push_back(found->second);
        }
        return true;
    });
    return held;
}

// Returns nothing if the process has ended.
std::optional<std::string> name_of(const std::string& process)
{
    std::ifstream file(process + "/comm");
    std::string name;
    // A name may contain newlines, but no NUL. Unlike iterators, getline() throws nothing.
    if (!std::getline(file, name, '\0') || !name.ends_with('\n'))
        return std::nullopt;
    name.pop_back();
    return name;
}

} // namespace

std::map<std::uint32_t, Process> holders_of(const std::set<std::uint32_t>& ports)
{
    const PortsBySocket sockets = sockets_of(ports);
    std::map<std::uint32_t, Process> holders;
    const auto add = [&](const std::string& process, pid_t pid) {
        const std::vector<std::uint32_t> held = ports_held_by(process, sockets);
        const auto name = held.empty() ? std::nullopt : name_of(process);
        for (const std::uint32_t port : held) {
            if (name)
                holders.try_emplace(port, Process{pid, *name});
        }
        return holders.size() < sockets.size();
    };
    if (sockets.empty() || !add("/proc/self", getpid()))
        return holders;
    for_each_entry("/proc", [&](const std::string& entry) {
        pid_t pid = 0;
        const bool is_process =
            std::from_chars(entry.data(), entry.data() + entry.size(), pid).ec == std::errc();
        return !is_process || add("/proc/" + entry, pid);
    });
    return holders;
}

} // namespace nflog
