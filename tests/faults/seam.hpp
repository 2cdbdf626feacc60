// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

// The seam between the library and libc. Each call to libc by the library, and by the libraries
// that it uses, passes through here. It is counted, and can be made to fail.
namespace seam {

// The behaviour of a call that fails.
struct Fault {
    enum class Way {
        none,
        fails,         // fails with the errno
        keeps_failing, // this and each later call of its kind fail, until the library's function
                       // returns
        halves,        // processes half of the bytes
        trickles, // this and each later call process one byte, until the library's function returns
        ends,     // reports the end of the data
        truncates // reports that the datagram was longer than the buffer
    };
    Way way = Way::none;
    int error = 0;

    explicit operator bool() const noexcept { return way != Way::none; }
    [[nodiscard]] bool is_failure() const noexcept
    {
        return way == Way::fails || way == Way::keeps_failing;
    }
};
std::string text(const Fault& fault); // "ENOMEM", "ENOMEM...", "half"

struct Call {
    const char* name; // such as "epoll_ctl ADD"; "nft sendmsg" is sendmsg() within libnftables
    std::vector<Fault> faults;
    const char* left_out = nullptr; // the reason if no faults are injected
};
const std::vector<Call>& calls();

// Chooses the call that fails: the n-th call of a kind since begin().
struct Plan {
    std::size_t call = 0; // index in calls()
    std::size_t occurrence = 0;
    Fault fault;
};

// A permanent fault makes each call of a kind fail.
struct Permanent {
    const char* call;
    int error;
};
// Resets the counts, and sets the faults that occur from now on.
void begin(const Plan& plan, const std::vector<Permanent>& permanent = {});
// Return how often each of calls() was made since begin(), and whether the planned fault occurred.
std::vector<std::size_t> counts();
bool struck();
// Returns the name of a call that was made and is not in calls(); nullptr if there was none.
const char* unknown_call();
// Returns the number of memory blocks that the library has allocated since begin() and not freed
// yet.
std::size_t blocks_held();

// During the lifetime of a Watch, the calls of its thread count as calls of the library. So do the
// calls of threads that this thread starts.
class Watch {
public:
    Watch() noexcept;
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
};

// The replacements of libc's functions call these. During the lifetime of a Pass, calls do not
// count as calls of the library. Allocations by libc itself are an example.
Fault strike(const char* name) noexcept;
bool watched() noexcept;
void hold(const void* block) noexcept;
void let_go(const void* block) noexcept;

class Pass {
public:
    Pass() noexcept;
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
};

// Calls during the lifetime of this object are made by libnftables.
class Nftables {
public:
    Nftables() noexcept;
    ~Nftables();
    Nftables(const Nftables&) = delete;
    Nftables& operator=(const Nftables&) = delete;
};

// Called at the beginning and at the end of a thread that a watched thread started.
void watch_thread(bool watched) noexcept;

} // namespace seam
