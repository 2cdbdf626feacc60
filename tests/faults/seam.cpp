// SPDX-License-Identifier: GPL-2.0-or-later
#include "seam.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>

namespace seam {

namespace {

constexpr std::size_t max_calls = 128;
constexpr std::size_t max_blocks = 16384;
constexpr std::size_t max_permanent = 4;
constexpr std::size_t not_there = max_calls;

// A lock that does not use libc, because libc itself may be the caller here.
class Spin {
public:
    void lock() noexcept
    {
        while (taken_.test_and_set(std::memory_order_acquire)) {
        }
    }
    void unlock() noexcept { taken_.clear(std::memory_order_release); }

private:
    std::atomic_flag taken_;
};

struct State {
    Spin spin;
    Plan plan;
    std::array<std::size_t, max_calls> counts{};
    std::array<Permanent, max_permanent> permanent{};
    std::size_t window = 0;        // number of the current call of a library function
    std::size_t struck_window = 0; // window in which the fault occurred; 0: not yet
    const char* unknown = nullptr;
    // Addresses of blocks, inverted so that the leak sanitizer does not take them for references to
    // the blocks.
    std::array<std::uintptr_t, max_blocks> held{};
    std::atomic<std::size_t> n_held = 0;
};

State& state() noexcept
{
    static constinit State the_one;
    return the_one;
}

struct Thread {
    int watches = 0;
    int passes = 0;
    int within_nftables = 0;
};
constinit thread_local Thread self;

std::size_t place_of(const char* name) noexcept
{
    constexpr std::string_view prefix = "nft ";
    std::string_view sought = name;
    const bool nftables = self.within_nftables > 0;
    if (nftables) // within libnftables, only the first word is compared
        sought = sought.substr(0, sought.find(' '));
    const std::vector<Call>& all = calls();
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::string_view known = all[i].name;
        if (known.starts_with(prefix) != nftables)
            continue;
        if (nftables)
            known.remove_prefix(prefix.size());
        if (known == sought)
            return i;
    }
    return not_there;
}

bool lasts(const Fault& fault) noexcept
{
    return fault.way == Fault::Way::keeps_failing || fault.way == Fault::Way::trickles;
}

Fault strike_at(State& it, std::size_t place) noexcept
{
    const std::size_t count = ++it.counts.at(place);
    for (const Permanent& permanent : it.permanent) {
        if (permanent.call != nullptr && std::strcmp(permanent.call, calls()[place].name) == 0)
            return {Fault::Way::fails, permanent.error};
    }
    if (!it.plan.fault || place != it.plan.call)
        return {};
    if (count == it.plan.occurrence) {
        it.struck_window = it.window;
        return it.plan.fault;
    }
    const bool still = it.struck_window != 0 && it.struck_window == it.window;
    return still && lasts(it.plan.fault) ? it.plan.fault : Fault{};
}

} // namespace

std::string text(const Fault& fault)
{
    switch (fault.way) {
    case Fault::Way::fails:
        return strerrorname_np(fault.error);
    case Fault::Way::keeps_failing:
        return std::string(strerrorname_np(fault.error)) + "...";
    case Fault::Way::halves:
        return "half";
    case Fault::Way::trickles:
        return "byte by byte";
    case Fault::Way::ends:
        return "end";
    case Fault::Way::truncates:
        return "truncated";
    case Fault::Way::none:
        break;
    }
    return "none";
}

void begin(const Plan& plan, const std::vector<Permanent>& permanent)
{
    if (calls().size() > max_calls) // this call also creates the list, before it is needed
        std::abort();
    State& it = state();
    const std::lock_guard lock(it.spin);
    it.plan = plan;
    it.counts.fill(0);
    it.permanent.fill({nullptr, 0});
    std::ranges::copy(permanent, it.permanent.begin());
    it.window = 0;
    it.struck_window = 0;
    it.n_held = 0;
}

std::vector<std::size_t> counts()
{
    State& it = state();
    const auto end = it.counts.begin() + static_cast<std::ptrdiff_t>(calls().size());
    return {it.counts.begin(), end};
}

bool struck()
{
    return state().struck_window != 0;
}

const char* unknown_call()
{
    return state().unknown;
}

std::size_t blocks_held()
{
    return state().n_held;
}

Watch::Watch() noexcept
{
    ++state().window;
    ++self.watches;
}

Watch::~Watch()
{
    --self.watches;
}

Pass::Pass() noexcept
{
    ++self.passes;
}

Pass::~Pass()
{
    --self.passes;
}

Nftables::Nftables() noexcept
{
    ++self.within_nftables;
}

Nftables::~Nftables()
{
    --self.within_nftables;
}

void watch_thread(bool watched) noexcept
{
    self.watches += watched ? 1 : -1;
}

bool watched() noexcept
{
    return self.watches > 0 && self.passes == 0;
}

Fault strike(const char* name) noexcept
{
    if (!watched())
        return {};
    State& it = state();
    const std::size_t place = place_of(name);
    const std::lock_guard lock(it.spin);
    if (place == not_there) {
        it.unknown = name;
        return {};
    }
    const Fault fault = strike_at(it, place);
    return calls()[place].left_out == nullptr ? fault : Fault{};
}

void hold(const void* block) noexcept
{
    if (block == nullptr || !watched() || self.within_nftables > 0)
        return;
    State& it = state();
    const std::lock_guard lock(it.spin);
    if (it.n_held == max_blocks)
        std::abort();
    it.held.at(it.n_held++) = ~reinterpret_cast<std::uintptr_t>(block);
}

void let_go(const void* block) noexcept
{
    State& it = state();
    if (it.n_held == 0)
        return;
    const std::lock_guard lock(it.spin);
    const auto begin = it.held.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(it.n_held);
    const auto at = std::find(begin, end, ~reinterpret_cast<std::uintptr_t>(block));
    if (at == end)
        return;
    *at = *(end - 1);
    --it.n_held;
}

} // namespace seam
