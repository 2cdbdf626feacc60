// SPDX-License-Identifier: GPL-2.0-or-later
#include "standard_output.hpp"

#include "failure.hpp"
#include "stop.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <poll.h>
#include <unistd.h>

namespace fleet {

namespace {

bool has_room(int milliseconds)
{
    pollfd room{STDOUT_FILENO, POLLOUT, 0};
    return poll(&room, 1, milliseconds) > 0;
}

} // namespace

StandardOutput::End StandardOutput::write(std::string_view bytes)
{
    constexpr int timeout = 2000; // milliseconds
    while (!bytes.empty()) {
        std::size_t length = bytes.size();
        if (Stop::is_requested()) {
            if (!has_room(timeout))
                return End::stopped;
            length =
                // The pipe certainly has space for this size.
                std::min<std::size_t>(length, PIPE_BUF);
        }
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), length);
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        // Another process that shares the descriptor has made it non-blocking.
        else if (errno == EAGAIN)
            has_room(timeout);
        else if (errno == EPIPE || (errno == EIO && is_reader_gone()))
            return End::reader_gone;
        else if (errno != EINTR)
            throw command::Failure(std::string("cannot write to standard output: ") +
                                   std::strerror(errno) + "; its last packet may be cut off");
    }
    return End::none;
}

bool StandardOutput::is_reader_gone()
{
    pollfd output{STDOUT_FILENO, 0, 0};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

} // namespace fleet
