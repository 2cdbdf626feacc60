// SPDX-License-Identifier: GPL-2.0-or-later
#include "network_namespace.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace command {

std::string path_of_netns(const std::string& name)
{
    return name.find('/') == std::string::npos ? "/run/netns/" + name : name;
}

void enter_netns(const std::string& path)
{
    if (path.empty())
        return;
    // O_NONBLOCK: if the file is a FIFO, open() does not wait for a writer.
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int error = errno;
    if (fd < 0)
        throw Failure("network namespace " + path + ": " + std::strerror(error) +
                      (error == ENOENT   ? "; 'ip netns' lists those that have a name"
                       : error == EACCES ? "; run as root, or as the user that owns it"
                                         : advice_on(error)));
    const int code = setns(fd, CLONE_NEWNET);
    error = errno;
    close(fd);
    if (code < 0)
        throw Failure("cannot enter the network namespace " + path + ": " + std::strerror(error) +
                      (error == EPERM    ? "; this requires CAP_SYS_ADMIN: run as root"
                       : error == EINVAL ? "; this file is not a network namespace"
                                         : ""));
}

} // namespace command
