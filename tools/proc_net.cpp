// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc_net.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <linux/magic.h>
#include <sstream>
#include <sys/statfs.h>
#include <unistd.h>

namespace command {

namespace {

constexpr const char* directory = "/proc/self/net/";
constexpr const char* always_there = "/proc/version"; // exists, unless /proc shows only processes

bool exists(const char* path)
{
    return access(path, F_OK) == 0;
}

std::string reason(int error)
{
    struct statfs proc = {};
    if (statfs("/proc", &proc) < 0 || proc.f_type != PROC_SUPER_MAGIC)
        return "/proc is not mounted; 'mount -t proc proc /proc' as root mounts it";
    if (!exists("/proc/self/"))
        return "the mounted /proc belongs to another PID namespace; 'mount -t proc proc /proc' as "
               "root mounts the right one";
    if (!exists(always_there))
        return "/proc is mounted with the option subset=pid, which hides it; mount it without that "
               "option";
    return std::string(std::strerror(error)) +
           (error == EACCES || error == EPERM
                ? std::string(
                      "; run as root of the user namespace that owns this network namespace")
                : advice_on(error));
}

} // namespace

std::optional<std::string> read_proc_net(const std::string& name)
{
    std::ifstream file(directory + name);
    std::ostringstream text;
    // The file may be empty. Then operator<< would extract nothing and set the failure bit.
    if (file.is_open() &&
        (file.peek() == std::ifstream::traits_type::eof() || text << file.rdbuf()))
        return text.str();
    const int error = errno;
    if (error == ENOENT && exists(directory) && exists(always_there))
        return std::nullopt;
    throw Failure("cannot read " + (directory + name) + ": " + reason(error));
}

} // namespace command
