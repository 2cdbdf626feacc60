// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <chrono>

namespace nflog {

// A descriptor that becomes readable at a given time and stays readable.
class Alarm {
public:
    explicit Alarm(std::chrono::steady_clock::time_point at); // Throws Error.

    [[nodiscard]] int fd() const noexcept { return timer_.get(); }

private:
    FileDescriptor timer_;
};

} // namespace nflog
