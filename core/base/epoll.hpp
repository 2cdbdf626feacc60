// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

namespace nflog {

// A descriptor that is readable while any descriptor that it watches is.
class Epoll {
public:
    Epoll(); // Throws Error.

    [[nodiscard]] int fd() const noexcept { return epoll_.get(); }

    // Throws Error.
    void watch(int fd);
    // Must be called before `fd` is closed: a child of fork() may keep the file open, and epoll
    // watches files, not descriptors.
    void unwatch(int fd) noexcept;

private:
    FileDescriptor epoll_;
};

} // namespace nflog
