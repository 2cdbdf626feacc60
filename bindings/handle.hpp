// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet.hpp"
#include "values.hpp"
#include "waiters.hpp"

#include <cstddef>
#include <nflogcap.h>
#include <sys/types.h>

namespace binding {

// A capture of the C ABI as an object of a language holds it: it may be closed while others refer
// to it, and integers come to it as wide as the language has them.
//
// A handle of the C ABI is used by one thread at a time. Here the interpreter's lock sees to that:
// all is called with it held, and nothing here waits, except free(), to be called without it. Who
// waits for a packet does so on the descriptor, without the lock, between begin_wait() and
// end_wait(); so other threads may ask for the counters meanwhile, wait too, or close.
class Handle {
public:
    Handle() noexcept;
    ~Handle();
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    void add_group(long long group, Failure& failure) noexcept;
    void set_snaplen(long long snaplen, Failure& failure) noexcept;
    void set_delivery(long long delivery, Failure& failure) noexcept;
    void set_queue_threshold(long long queue_threshold, Failure& failure) noexcept;
    void set_flush_timeout(long long flush_timeout, Failure& failure) noexcept;
    void set_batch_size(long long batch_size, Failure& failure) noexcept;
    void set_socket_buffer(long long socket_buffer, Failure& failure) noexcept;
    void set_conntrack(bool conntrack, Failure& failure) noexcept;
    void set_netns(const char* netns, Failure& failure) noexcept;
    void set_filter(const char* filter, Failure& failure) noexcept;
    void set_savefile(const char* savefile, Failure& failure) noexcept;
    // An empty hook is the library's default, an empty match all packets.
    void add_tap(const char* hook, const char* match, Failure& failure) noexcept;
    void start(Failure& failure) noexcept;

    [[nodiscard]] bool closed() const noexcept { return handle_ == nullptr; }
    // Whether no packet can come any more: it was stopped and all was taken, or closed.
    [[nodiscard]] bool ended() const noexcept { return ended_ || closed(); }
    int fd(Failure& failure) noexcept;
    void wakeup(Failure& failure) noexcept;
    void stop(Failure& failure) noexcept;
    // Absent where no tap was added.
    Optional tap_group(Failure& failure) noexcept;
    nflogcap_stats stats(Failure& failure) noexcept;
    nflogcap_stats group_stats(long long group, Failure& failure) noexcept;

    // What nflogcap_next() gives without waiting, but a copy that is the caller's. -EBADF where
    // this is closed; explain() has the words of what is a failure.
    int take(Packet*& packet) noexcept;
    // Like it for several of one batch: what nflogcap_next_batch() gives, borrowed.
    int take(const nflogcap_packet** packets, std::size_t capacity) noexcept;
    void explain(int code, Failure& failure) const noexcept;
    [[nodiscard]] Interfaces& interfaces() noexcept { return *interfaces_; }

    void begin_wait() { waiters_.enter(); }
    void end_wait() { waiters_.leave(); }

    // A second time it does nothing. It is in two steps, for languages of which other threads run
    // in between: after the first this is closed for everyone, and the second waits until those who
    // wait have left. detach() returns NULL where this was closed before.
    void close();
    nflogcap* detach() noexcept;
    void free(nflogcap* detached);

private:
    template <typename Value>
    void set(const char* option, long long value, Range range, int (*setter)(nflogcap*, Value),
             Failure& failure) noexcept;
    int report(int code, Failure& failure) const noexcept;

    nflogcap* handle_ = nullptr;
    Interfaces* interfaces_;
    bool ended_ = false;
    int why_none_ = 0; // why there is no handle: it could not be made, or was closed
    Waiters waiters_;
    pid_t process_;
};

} // namespace binding
