// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace nflog {

// How a start that has to wait learns that the capture is to stop.
struct StopRequest {
    int fd = -1; // readable after a request, and for other reasons too; -1: there are no requests
    // Whether there was a request. Makes `fd` unreadable.
    std::function<bool()> check = [] { return false; };
};

} // namespace nflog
