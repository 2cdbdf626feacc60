// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "mapped.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <unistd.h>

namespace nflog {

// Which process owns a thing that fork() copies: the one that made it, until that ends or destroys
// it, or another takes it over.
//
// The owners are numbered, and the current owner's number lies in memory that all processes share.
// Each owner keeps its number in memory that fork() wipes, and holds a record lock on the byte with
// that number of a file that all share. The kernel passes no such lock on to a child and releases
// it when the owner ends, whatever becomes of process ids and their namespaces.
class Ownership {
public:
    // This process owns it. `what` names the thing in error messages: "capture".
    explicit Ownership(const char* what);

    // Two loads. Any thread, any signal handler, as claim() too.
    [[nodiscard]] bool is_mine() const noexcept
    {
        return *owner_ == own_->number && (is_wiped_ || own_->process == getpid());
    }

    // Takes it if the owner has ended. Returns whether this process owns it then.
    bool claim() noexcept;

    // Throws Error(ECHILD) unless this process owns it or can claim it. The first time in a
    // process, waits up to one second for the owner to end, because it may be about to, as in
    // daemon(3).
    void require();

    // Takes it, even from an owner that lives.
    void take();

private:
    struct Own {
        std::atomic<std::uint32_t> number; // 0: this process has never owned it
        std::atomic<pid_t> process;
        std::atomic<bool> has_waited;
    };

    int succeed(std::uint32_t owner) noexcept;
    [[nodiscard]] std::optional<pid_t> process_of(std::uint32_t owner) const noexcept;

    const char* what_;
    Mapped<std::atomic<std::uint32_t>> owner_; // shared
    Mapped<Own> own_;                          // wiped by fork()
    bool is_wiped_;                            // false before Linux 4.14
    FileDescriptor locks_;
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free &&
                  std::atomic<pid_t>::is_always_lock_free,
              "processes and signal handlers share no lock");

} // namespace nflog
