// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream.hpp"

#include <algorithm>
#include <thread>

namespace soak {

namespace {

constexpr std::size_t burst = 64; // packets
constexpr std::size_t bytes = 64; // per packet
constexpr std::chrono::microseconds moment(200);

} // namespace

Stream::Pause::Pause(Stream& stream) : stream_(stream)
{
    ++stream.pauses_;
    lock_ = std::unique_lock(stream.sending_);
}

Stream::Sent Stream::sent() const
{
    const std::uint64_t certain = done_;
    return {certain, begun_};
}

void Stream::send(std::size_t count)
{
    begun_ += count;
    sender_.send(count, bytes);
    done_ += count;
}

// Returns the number of packets that may be sent now.
std::size_t Stream::due(Clock::duration elapsed) const
{
    using std::chrono::milliseconds;
    constexpr milliseconds wave(400);
    switch (plan_.pace) {
    case Pace::full:
        return burst;
    case Pace::waves: // in turn, a flood and a low rate
        return elapsed % wave < wave / 2 ? burst : 1;
    case Pace::steady:
        break;
    }
    const auto ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(elapsed).count());
    const std::uint64_t by_now = ns / 1000 * plan_.rate / 1'000'000;
    return by_now <= done_ ? 0 : std::min<std::size_t>(by_now - done_, burst);
}

void Stream::run(const std::atomic<bool>& over, Clock::time_point until, std::uint64_t max)
{
    const Clock::time_point start = Clock::now();
    while (!over && done_ < max) {
        const Clock::time_point now = Clock::now();
        if (now >= until)
            return;
        const std::size_t count = pauses_ > 0 ? 0 : due(now - start);
        if (count > 0) {
            const std::lock_guard lock(sending_);
            send(count);
        }
        if (count < burst)
            std::this_thread::sleep_for(moment);
    }
}

} // namespace soak
