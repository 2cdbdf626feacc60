// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

// The seam between the library and what is below it: each call to libc, of the library and of the
// libraries that it uses, passes through here, is counted, and can be made to fail.
namespace seam {

// What a call does instead of its work.
struct Fault {
    enum class Way {
        none,
        fails,         // with the errno, and does nothing
        keeps_failing, // as does each later one of its kind, until the library's function returns
        halves,        // processes half of the bytes
        trickles,      // processes one byte, as does each later call, until the library's function
                       // returns
        ends,          // reports the end of the data
        truncates      // reports that the datagram was longer than the buffer
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
    const char* name; // "epoll_ctl ADD"; "nft sendmsg": within libnftables
    std::vector<Fault> faults;
    const char* left_out = nullptr; // why no faults are injected
};
const std::vector<Call>& calls();

// Which call fails: the n-th of its kind since begin().
struct Plan {
    std::size_t call = 0; // its place in calls()
    std::size_t occurrence = 0;
    Fault fault;
};

// Resets the counts. A permanent fault makes a call fail each time.
struct Permanent {
    const char* call;
    int error;
};
void begin(const Plan& plan, const std::vector<Permanent>& permanent = {});
// How often each of calls() was made since then, and whether the plan was carried out.
std::vector<std::size_t> counts();
bool struck();
// A name that is not in calls(); nullptr: there was no such call.
const char* unknown_call();
// Blocks of memory that the library has allocated since then and not freed yet.
std::size_t blocks_held();

// During the lifetime of one, the calls of its thread count as the library's, and so do those of
// the threads that it starts.
class Watch {
public:
    Watch() noexcept;
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
};

// For the replacements of libc's functions. Their work is not the library's within a Pass, for
// example the allocations of libc itself.
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

// Within libnftables.
class Nftables {
public:
    Nftables() noexcept;
    ~Nftables();
    Nftables(const Nftables&) = delete;
    Nftables& operator=(const Nftables&) = delete;
};

// A thread that a watched one starts is watched from its begin to its end.
void watch_thread(bool watched) noexcept;

} // namespace seam
