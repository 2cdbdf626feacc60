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

// A capture of the C ABI, owned by an object of a language. One thread can close it while others
// use it.
//
// The C ABI allows only one thread at a time to use a handle, and the interpreter's lock ensures
// this. Methods are called with this lock and do not wait, with these exceptions: free() waits;
// set_option(), start() and adopt() are called without the lock, before other threads know this
// object. To wait for a packet, a thread waits on the descriptor without the lock, between
// begin_wait() and end_wait(). Meanwhile other threads can read the counters, wait too, or close
// the capture.
class Handle {
public:
    Handle() noexcept;
    ~Handle();
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    // Sets an option by its name to a value given as text. NULL data: the option's default. May
    // wait, because it looks up host names in a filter.
    void set_option(const char* name, Bytes value, Failure& failure) noexcept;
    // Starts the capture. May wait for the writer of a FIFO. The failure -EINTR means that a signal
    // handler ran.
    void start(Failure& failure) noexcept;
    // Adds a descriptor, which adopt() uses.
    void add_descriptor(long long descriptor, Failure& failure) noexcept;
    // Adopts a capture; called instead of start(). Waits up to one second for the other process.
    void adopt(Failure& failure) noexcept;

    // Compiles the filter, and uses it. `unlocked(failure, call)` runs `call` without the
    // interpreter's lock if other threads can take the lock, because the look-up of a host name may
    // take seconds.
    template <typename Unlocked>
    void set_filter(Bytes expression, Failure& failure, Unlocked unlocked)
    {
        nflogcap_filter* filter = nullptr;
        unlocked(failure, [&] { filter = compiled_filter(expression, failure); });
        if (filter != nullptr)
            use_filter(filter, failure);
    }

    [[nodiscard]] bool closed() const noexcept { return handle_ == nullptr; }
    // Returns whether no more packets can come: the capture was stopped and all packets were taken,
    // or it was closed.
    [[nodiscard]] bool ended() const noexcept { return ended_ || closed(); }
    int fd(Failure& failure) noexcept;
    void wakeup(Failure& failure) noexcept;
    void stop(Failure& failure) noexcept;
    void hand_over(Failure& failure) noexcept;
    void take_over(Failure& failure) noexcept;
    // Returns a list in allocated memory, which the caller frees.
    List descriptors(Failure& failure) noexcept;
    void expect(long long group, long long seq, Failure& failure) noexcept;
    unsigned long long expected(long long group, Failure& failure) noexcept;
    // Returns a list in allocated memory, which the caller frees.
    List groups(Failure& failure) noexcept;
    // Sets an option that can change during a capture. Waits only for the kernel.
    void change(const char* name, Bytes value, Failure& failure) noexcept
    {
        set_option(name, value, failure);
    }
    void remove_group(long long group, Failure& failure) noexcept;
    // If the data of `hook` is NULL, the default hook is used.
    void remove_tap(Bytes match, Bytes hook, Failure& failure) noexcept;
    void remove_taps(Failure& failure) noexcept;
    // Returns nothing if no tap was added.
    Optional tap_group(Failure& failure) noexcept;
    nflogcap_stats stats(Failure& failure) noexcept;
    nflogcap_stats group_stats(long long group, Failure& failure) noexcept;

    // Returns the result of nflogcap_next() without waiting. The packet stays valid until the next
    // call. Returns -EBADF if this object is closed. For other failures, explain() returns the
    // text.
    int take(const nflogcap_packet*& packet) noexcept;
    // Like take() above, but returns a copy, which the caller owns.
    int take(Packet*& packet) noexcept;
    // Like take() above, but returns several packets: those of one batch of the kernel that are
    // available without waiting again.
    int take(Batch*& batch) noexcept;
    void explain(int code, Failure& failure) const noexcept;
    [[nodiscard]] TimeSlice& slice() noexcept { return slice_; } // used by readers in an event loop
    [[nodiscard]] Interfaces& interfaces() noexcept { return *interfaces_; }

    void begin_wait();
    void end_wait() { waiters_.leave(); }

    // Closing twice is harmless. If other threads can run between the two steps of close(), a
    // language calls them separately. detach() closes this object for all threads; it returns NULL
    // if the object was closed before. free() waits until no thread waits on the descriptor any
    // more.
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
    std::vector<int> descriptors_; // descriptors of the capture to adopt
    bool ended_ = false;
    int why_none_ = 0; // why there is no handle: its creation failed, or it was closed
    Waiters waiters_;
    TimeSlice slice_;
    pid_t process_;
};

} // namespace binding
