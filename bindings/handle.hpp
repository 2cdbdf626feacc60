// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "batch.hpp"
#include "fields.hpp"
#include "packet.hpp"
#include "time_slice.hpp"
#include "values.hpp"
#include "waiters.hpp"

#include <cstddef>
#include <nflogcap.h>
#include <sys/types.h>
#include <vector>

namespace binding {

// A capture of the C ABI as an object of a language holds it: it may be closed while others refer
// to it.
//
// A handle of the C ABI is used by one thread at a time. The interpreter's lock ensures that: all
// methods are called with it held, and none waits, except free(), which is called without it, and
// set_option(), start() and adopt(), which are called without it before others know of this. A
// thread that waits for a packet waits on the descriptor, without the lock, between begin_wait()
// and end_wait(). Meanwhile other threads may read the counters, wait too, or close.
class Handle {
public:
    Handle() noexcept;
    ~Handle();
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    // Sets an option by its name, from the text of one value; without data: its default. Waits for
    // the names of hosts in a filter.
    void set_option(const char* name, Bytes value, Failure& failure) noexcept;
    // Waits for the writer of a FIFO. -EINTR: a signal handler ran meanwhile.
    void start(Failure& failure) noexcept;
    // Gathers what adopt() passes.
    void add_descriptor(long long descriptor, Failure& failure) noexcept;
    // Instead of start(). Waits up to a second for the other process.
    void adopt(Failure& failure) noexcept;

    // Compiles the expression by `unlocked(failure, call)`, which calls without the interpreter's
    // lock where other threads can take that: the look-up of a host's name may take seconds.
    template <typename Unlocked>
    void set_filter(Bytes expression, Failure& failure, Unlocked unlocked)
    {
        nflogcap_filter* filter = nullptr;
        unlocked(failure, [&] { filter = compiled_filter(expression, failure); });
        if (filter != nullptr)
            use_filter(filter, failure);
    }

    [[nodiscard]] bool closed() const noexcept { return handle_ == nullptr; }
    // Whether no packet can come any more: it was stopped and all was taken, or closed.
    [[nodiscard]] bool ended() const noexcept { return ended_ || closed(); }
    int fd(Failure& failure) noexcept;
    void wakeup(Failure& failure) noexcept;
    void stop(Failure& failure) noexcept;
    void hand_over(Failure& failure) noexcept;
    void take_over(Failure& failure) noexcept;
    // In allocated memory, which the caller frees.
    List descriptors(Failure& failure) noexcept;
    void expect(long long group, long long seq, Failure& failure) noexcept;
    unsigned long long expected(long long group, Failure& failure) noexcept;
    // Like descriptors().
    List groups(Failure& failure) noexcept;
    // Sets an option that can change while packets are captured: it waits for the kernel alone.
    void change(const char* name, Bytes value, Failure& failure) noexcept
    {
        set_option(name, value, failure);
    }
    void remove_group(long long group, Failure& failure) noexcept;
    // Without data the hook is the default.
    void remove_tap(Bytes match, Bytes hook, Failure& failure) noexcept;
    void remove_taps(Failure& failure) noexcept;
    // Absent where no tap was added.
    Optional tap_group(Failure& failure) noexcept;
    nflogcap_stats stats(Failure& failure) noexcept;
    nflogcap_stats group_stats(long long group, Failure& failure) noexcept;

    // What nflogcap_next() returns without waiting; the packet is borrowed. -EBADF if this is
    // closed; explain() has the words of other failures.
    int take(const nflogcap_packet*& packet) noexcept;
    // Like it for a copy that is the caller's.
    int take(Packet*& packet) noexcept;
    // Like it for several: those of one batch of the kernel's that need no further waiting.
    int take(Batch*& batch) noexcept;
    void explain(int code, Failure& failure) const noexcept;
    [[nodiscard]] TimeSlice& slice() noexcept { return slice_; } // of readers in an event loop
    [[nodiscard]] Interfaces& interfaces() noexcept { return *interfaces_; }

    void begin_wait();
    void end_wait() { waiters_.leave(); }

    // A second time it does nothing. It is in two steps, for languages of which other threads run
    // in between: after the first this is closed for everyone, and the second waits until those who
    // wait have left. detach() returns NULL where this was closed before.
    void close();
    nflogcap* detach() noexcept;
    void free(nflogcap* detached);

private:
    static nflogcap_filter* compiled_filter(Bytes expression, Failure& failure) noexcept;
    void use_filter(nflogcap_filter* filter, Failure& failure) noexcept;
    template <typename Integer>
    List filled(int (*fill)(nflogcap*, Integer*, std::size_t), Failure& failure) const noexcept;
    int report(int code, Failure& failure) const noexcept;
    void report_argument(int code, Failure& failure) const noexcept;
    static void report_wordless(int code, Failure& failure) noexcept;

    nflogcap* handle_ = nullptr;
    Interfaces* interfaces_;
    std::vector<int> descriptors_; // of the capture to adopt
    bool ended_ = false;
    int why_none_ = 0; // why there is no handle: it could not be made, or was closed
    Waiters waiters_;
    TimeSlice slice_;
    pid_t process_;
};

} // namespace binding
