// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

namespace nflog {

// An epoll descriptor. It is readable while at least one of the descriptors that it watches is
// readable.
class Epoll {
public:
    Epoll(); // Throws Error.

    [[nodiscard]] int fd() const noexcept { return epoll_.get(); }

    // Throws Error.
    void watch(int fd);
    // Must be called before `fd` is closed. epoll watches open files, not descriptors, and a child
    // of fork() may keep the file open.
    void unwatch(int fd) noexcept;

private:
    FileDescriptor epoll_;
};

} // namespace nflog
