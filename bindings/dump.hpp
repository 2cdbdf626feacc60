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

// A savefile of the C ABI, owned by an object of a language. It is closed until open() is called.
// Methods that write may wait for the reader of a pipe. If the language has threads, these methods
// are called without the interpreter's lock; therefore this object has its own lock. The other
// methods never wait. The failure -EINTR means that a signal handler ran, and nothing was done.
class Dump {
public:
    Dump() = default;
    ~Dump(); // may wait for the reader of a pipe
    Dump(const Dump&) = delete;
    Dump& operator=(const Dump&) = delete;

    // `link_type` is a name, or a number as text. `format` and `compression` are names. If a
    // value's data is NULL, the library's default is used.
    void open(Bytes path, Bytes link_type, Bytes format, Bytes compression,
              Failure& failure) noexcept;
    // Returns false if the link type cannot represent the packet.
    bool write(const Packet& packet, Failure& failure) noexcept;
    void flush(Failure& failure) noexcept;
    void take_over(Failure& failure) noexcept;
    // Closing twice is harmless. In a process that does not own the savefile, close() writes
    // nothing and does not fail.
    void close(Failure& failure) noexcept;
    // Like close(), but gives up at the first signal: then packets not written yet are lost. The
    // destructor calls this. If destructors must not wait in a language, a finalizer calls this
    // earlier.
    void drop() noexcept;

    [[nodiscard]] bool closed() const noexcept { return !is_open_; }
    // Returns the file's length after the last call that wrote.
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
    const Interfaces* interfaces_ = nullptr; // interfaces of the packet that is being written
    std::array<char, IF_NAMESIZE> name_{};   // the name that interface_name() returned last
    std::atomic<bool> is_open_ = false;
    std::atomic<std::uint64_t> position_ = 0;
    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> skipped_ = 0;
};

} // namespace binding
