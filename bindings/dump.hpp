// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet.hpp"
#include "process_lock.hpp"
#include "values.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <net/if.h>
#include <nflogcap.h>

namespace binding {

// A savefile of the C ABI, as an object of a language holds it; closed at first. The methods that
// write may wait for the reader of a pipe. They are called without the interpreter's lock if other
// threads can take it; therefore this object has a lock of its own. The other methods never wait.
// -EINTR: a signal handler ran meanwhile, and nothing was done.
class Dump {
public:
    Dump() = default;
    ~Dump(); // may wait for the reader of a pipe
    Dump(const Dump&) = delete;
    Dump& operator=(const Dump&) = delete;

    // The link type is a name, or a number as text; the format and the compression are names. NULL
    // data: the library's default.
    void open(Bytes path, Bytes link_type, Bytes format, Bytes compression,
              Failure& failure) noexcept;
    // False if the link type cannot represent the packet.
    bool write(const Packet& packet, Failure& failure) noexcept;
    void flush(Failure& failure) noexcept;
    void take_over(Failure& failure) noexcept;
    // Closing twice is harmless. In a process that does not own the savefile it writes nothing, and
    // this is not a failure.
    void close(Failure& failure) noexcept;
    // Like close(), but the first signal ends it, and packets not written by then are lost. The
    // destructor calls it, and languages in which destructors must not wait.
    void drop() noexcept;

    [[nodiscard]] bool closed() const noexcept { return !is_open_; }
    // The file's length after the last call that wrote.
    unsigned long long position(Failure& failure) const noexcept;
    unsigned long long written(Failure& failure) const noexcept;
    unsigned long long skipped(Failure& failure) const noexcept;

private:
    template <typename Call>
    int run(Failure& failure, Call call) noexcept;
    void update(nflogcap_dump* dump) noexcept;
    static const char* interface_name(void* dump, std::uint32_t index) noexcept;
    bool require_open(Failure& failure) const noexcept;

    ProcessLock lock_;
    nflogcap_dump* dump_ = nullptr;
    const Interfaces* interfaces_ = nullptr; // names for the packet being written
    std::array<char, IF_NAMESIZE> name_{};   // the name returned last
    std::atomic<bool> is_open_ = false;
    std::atomic<std::uint64_t> position_ = 0;
    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> skipped_ = 0;
};

} // namespace binding
