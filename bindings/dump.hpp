// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet.hpp"
#include "values.hpp"

#include <mutex>
#include <nflogcap.h>

namespace binding {

// A savefile of the C ABI as an object of a language writes it: closed at first. Each of its
// methods may wait for who reads a pipe, so they are called without the interpreter's lock where
// others may take it; this has a lock of its own. -EINTR: a signal handler ran meanwhile, and
// nothing was done.
class Dump {
public:
    Dump() = default;
    ~Dump();
    Dump(const Dump&) = delete;
    Dump& operator=(const Dump&) = delete;

    void open(Bytes path, Failure& failure) noexcept;
    void write(const Packet& packet, Failure& failure) noexcept;
    void flush(Failure& failure) noexcept;
    void take_over(Failure& failure) noexcept;
    // A second time it does nothing.
    void close(Failure& failure) noexcept;

    bool closed() noexcept;
    unsigned long long position(Failure& failure) noexcept;
    unsigned long long written(Failure& failure) noexcept;

private:
    bool require_open(Failure& failure) const noexcept;
    void report(int code, Failure& failure) const noexcept;

    std::mutex lock_;
    nflogcap_dump* dump_ = nullptr;
};

} // namespace binding
