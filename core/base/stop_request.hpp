// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace nflog {

// Informs a waiting start that the capture must stop.
struct StopRequest {
    int fd = -1; // readable after a request, or for other reasons; -1: no requests
    // Whether there was a request. Makes `fd` unreadable.
    std::function<bool()> check = [] { return false; };
};

} // namespace nflog
