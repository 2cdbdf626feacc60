// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include "catch.hpp"

#include <array>
#include <poll.h>
#include <unistd.h>

namespace synthetic {

// Whether poll() reports the descriptor as readable, as in a user's event loop.
inline bool is_readable(int fd, int timeout_ms = 0)
{
    pollfd watched = {fd, POLLIN, 0};
    return poll(&watched, 1, timeout_ms) == 1 && (watched.revents & POLLIN) != 0;
}

struct Pipe {
    Pipe()
    {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        reader = nflog::FileDescriptor(ends[0]);
        writer = nflog::FileDescriptor(ends[1]);
    }

    nflog::FileDescriptor reader;
    nflog::FileDescriptor writer;
};

} // namespace synthetic
