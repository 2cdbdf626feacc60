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

// Tracks which process owns an object. Several processes may have the object, because fork() copies
// it, or because a process passes its descriptors to another process. The owner is the process that
// created the object, until this process ends or destroys the object, or until another process
// takes the object over.
//
// The owners are numbered. The number of the current owner is in memory that all processes share.
// Each process keeps its own number in memory that fork() wipes. It also holds a record lock on one
// byte of the shared memory's file: the byte at the offset that equals its number. The kernel does
// not pass this lock on to a child, and releases it when the owner ends. This works across PID
// namespaces, because it uses no process ids.
class Ownership {
public:
    using Number = std::atomic<std::uint32_t>;

    // Makes this process the owner. `what` names the object in error messages: "capture". The
    // memory starts with the owner's number. The object may use the rest for data that its owners
    // share.
    explicit Ownership(const char* what, std::size_t bytes = sizeof(Number));

    [[nodiscard]] const SharedMemory& memory() const noexcept { return *memory_.load(); }

    // Fast. Any thread and any signal handler can call this, and also claim().
    [[nodiscard]] bool is_mine() const noexcept
    {
        return *owner_.load(std::memory_order_relaxed) == own_->number &&
               (is_wiped_ || own_->process == getpid());
    }

    // Takes the object if its owner has ended. Returns whether this process owns it now.
    bool claim() noexcept;

    // Throws Error(ECHILD) unless this process owns the object or can claim it. The first call in a
    // process waits up to one second for the owner to end, because after daemon(3) the owner is a
    // parent that is about to exit.
    void require();

    // Takes the object, even if its owner is still running.
    void take();

    // Switches to the object of another memory. Waits up to one second for the owner of that object
    // to end. If the owner does not end, throws Error(EBUSY) and leaves `memory` unchanged.
    void join(SharedMemory& memory);
    // Undoes join(): switches back to the previous object. The caller owns the descriptor of the
    // joined memory again.
    void undo_join() noexcept;

    // Allocates memory for leave(). Throws Error.
    void prepare_to_leave();
    // Lets another process own the object. This process switches to a new object, which it owns.
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
    // The memories of all objects. Previous ones are kept, because a signal handler may still read
    // one.
    std::list<SharedMemory> memories_;
    std::list<SharedMemory> spare_; // for the object that leave() switches to; at most one
    const SharedMemory* before_join_ = nullptr;
    std::atomic<const SharedMemory*> memory_;
    std::atomic<const Number*> owner_;
    Mapped<Own> own_; // wiped by fork()
    bool is_wiped_;   // false before Linux 4.14
};

static_assert(Ownership::Number::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free,
              "processes and signal handlers share no lock");

} // namespace nflog
