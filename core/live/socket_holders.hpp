// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <sys/types.h>

// Finds the processes that hold netlink sockets. The library names them in errors, and the command
// lists them.
namespace nflog {

struct Process {
    pid_t pid;
    std::string name; // may contain any character
};

// For each port id of a NETLINK_NETFILTER socket in the calling thread's network namespace: a
// process that holds the socket. The calling process is preferred, because the child of a fork()
// may hold the socket too. A port is missing if /proc does not show the process, because it belongs
// to another user or another PID namespace, or because of the option hidepid.
std::map<std::uint32_t, Process> holders_of(const std::set<std::uint32_t>& ports);

} // namespace nflog
