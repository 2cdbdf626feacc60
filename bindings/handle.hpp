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

// A capture of the C ABI, as an object of a language holds it. It can be closed while others refer
// to it.
//
// A handle of the C ABI is used by one thread at a time. The interpreter's lock ensures that. All
// methods are called with the lock held and do not wait, with two exceptions: free(), and
// set_option(), start() and adopt(), which are called without the lock before other threads know of
// this object. A thread that waits for a packet waits on the descriptor, without the lock, between
// begin_wait() and end_wait(). Meanwhile other threads can read the counters, wait too, or close.
class Handle {
public:
    Handle() noexcept;
    ~Handle();
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    // Sets an option by its name, from the text of one value; NULL data: its default. Waits while
    // host names in a filter are looked up.
    void set_option(const char* name, Bytes value, Failure& failure) noexcept;
    // Waits for the writer of a FIFO. -EINTR: a signal handler ran meanwhile.
    void start(Failure& failure) noexcept;
    // Adds a descriptor for adopt().
    void add_descriptor(long long descriptor, Failure& failure) noexcept;
    // Called instead of start(). Waits up to a second for the other process.
    void adopt(Failure& failure) noexcept;

    // Compiles the expression through `unlocked(failure, call)`, which runs `call` without the
    // interpreter's lock if other threads can take the lock: looking up a host name may take
    // seconds.
    template <typename Unlocked>
    void set_filter(Bytes expression, Failure& failure, Unlocked unlocked)
    {
        nflogcap_filter* filter = nullptr;
        unlocked(failure, [&] { filter = compiled_filter(expression, failure); });
        if (filter != nullptr)
            use_filter(filter, failure);
    }

    [[nodiscard]] bool closed() const noexcept { return handle_ == nullptr; }
    // Whether no more packets can come: the capture was stopped and all packets were taken, or it
    // was closed.
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
    // Sets an option that can change while packets are captured. Waits only for the kernel.
    void change(const char* name, Bytes value, Failure& failure) noexcept
    {
        set_option(name, value, failure);
    }
    void remove_group(long long group, Failure& failure) noexcept;
    // NULL data: the default hook.
    void remove_tap(Bytes match, Bytes hook, Failure& failure) noexcept;
    void remove_taps(Failure& failure) noexcept;
    // Absent if no tap was added.
    Optional tap_group(Failure& failure) noexcept;
    nflogcap_stats stats(Failure& failure) noexcept;
    nflogcap_stats group_stats(long long group, Failure& failure) noexcept;

    // Returns what nflogcap_next() returns without waiting; the packet is borrowed. -EBADF if this
    // object is closed; explain() returns the text of other failures.
    int take(const nflogcap_packet*& packet) noexcept;
    // The same, but returns a copy, which the caller owns.
    int take(Packet*& packet) noexcept;
    // The same for several packets of one batch of the kernel that are available without further
    // waiting.
    int take(Batch*& batch) noexcept;
    void explain(int code, Failure& failure) const noexcept;
    [[nodiscard]] TimeSlice& slice() noexcept { return slice_; } // for readers in an event loop
    [[nodiscard]] Interfaces& interfaces() noexcept { return *interfaces_; }

    void begin_wait();
    void end_wait() { waiters_.leave(); }

    // Closing twice is harmless. close() consists of two steps, for languages in which other
    // threads run in between: detach() closes this object for all threads, and free() waits until
    // the waiting threads have left. detach() returns NULL if this object was closed before.
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
    int why_none_ = 0; // the reason if there is no handle: creation failed, or it was closed
    Waiters waiters_;
    TimeSlice slice_;
    pid_t process_;
};

} // namespace binding
