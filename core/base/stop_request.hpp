// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace nflog {

// Lets a stop interrupt the start of a capture while the start waits.
struct StopRequest {
    int fd = -1; // readable after a request, or for other reasons; -1: no requests
    // Returns whether there was a request, and makes `fd` unreadable.
    std::function<bool()> check = [] { return false; };
};

} // namespace nflog
