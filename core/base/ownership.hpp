// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "mapped.hpp"
#include "shared_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <sys/types.h>
#include <unistd.h>

namespace nflog {

// Which process owns a thing that fork() copies, or that descriptors pass on: the one that made it,
// until that ends or destroys it, or another takes it over.
//
// The owners are numbered, and the current owner's number lies in memory that all processes share.
// Each owner keeps its number in memory that fork() wipes, and holds a record lock on the byte with
// that number of the memory's file. The kernel passes no such lock on to a child and releases it
// when the owner ends, whatever becomes of process ids and their namespaces.
class Ownership {
public:
    using Number = std::atomic<std::uint32_t>;

    // This process owns it. `what` names the thing in error messages: "capture". The thing may use
    // the memory behind the owner's number, which comes first, for what its owners share.
    explicit Ownership(const char* what, std::size_t bytes = sizeof(Number));

    [[nodiscard]] const SharedMemory& memory() const noexcept { return *memory_.load(); }

    // A few loads. Any thread, any signal handler, as claim() too.
    [[nodiscard]] bool is_mine() const noexcept
    {
        return *owner_.load(std::memory_order_relaxed) == own_->number &&
               (is_wiped_ || own_->process == getpid());
    }

    // Takes it if the owner has ended. Returns whether this process owns it then.
    bool claim() noexcept;

    // Throws Error(ECHILD) unless this process owns it or can claim it. The first time in a
    // process, waits up to one second for the owner to end, because it may be about to, as in
    // daemon(3).
    void require();

    // Takes it, even from an owner that lives.
    void take();

    // Goes over to the thing of another memory: from then on this is about that one. Waits up to
    // one second for its owner to end; throws Error(EBUSY) if it does not, with `memory` as it was.
    void join(SharedMemory& memory);
    // Back to the thing before. The descriptor of the joined memory is the caller's again.
    void undo_join() noexcept;

    // Makes room for leave(). Throws Error.
    void prepare_to_leave();
    // Lets others own the thing, and goes over to a new one.
    void leave() noexcept;

private:
    struct Own {
        std::atomic<std::uint32_t> number; // 0: this process has never owned it
        std::atomic<pid_t> process;
        std::atomic<bool> has_waited;
    };

    void use(const SharedMemory& memory) noexcept;
    int succeed(std::uint32_t owner) noexcept;

    const char* what_;
    // Of all things that this was about: signal handlers may have just looked at one before.
    std::list<SharedMemory> memories_;
    std::list<SharedMemory> spare_; // of a thing that leave() goes over to; at most one
    const SharedMemory* before_join_ = nullptr;
    std::atomic<const SharedMemory*> memory_;
    std::atomic<const Number*> owner_;
    Mapped<Own> own_; // wiped by fork()
    bool is_wiped_;   // false before Linux 4.14
};

static_assert(Ownership::Number::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free,
              "processes and signal handlers share no lock");

} // namespace nflog
