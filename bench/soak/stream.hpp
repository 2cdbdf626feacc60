// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "network.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace soak {

using Clock = std::chrono::steady_clock;

// Sends numbered UDP datagrams to a port of lo. Each stream has one sender, and is for one reader.
class Stream {
public:
    enum class Pace { full, steady, waves };

    struct Plan {
        std::uint16_t port;
        Pace pace;
        std::uint64_t rate; // per second, if the pace is steady
    };
    explicit Stream(const Plan& plan) : plan_(plan), sender_(plan.port) {}

    // Sends until `until`, or until `over` is true, and at most `max` packets.
    void run(const std::atomic<bool>& over, Clock::time_point until, std::uint64_t max);

    // During the lifetime of this object, only send_one() sends packets.
    class Pause {
    public:
        explicit Pause(Stream& stream);
        ~Pause() { --stream_.pauses_; }
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;
        void send_one() { stream_.send(1); }

    private:
        Stream& stream_;
        std::unique_lock<std::mutex> lock_;
    };

    // Limits of the number of packets that were sent. All packets below `certain` were sent, and no
    // packet from `possible` on. A sent packet is also logged: the rules are at the hook output, so
    // that the system call that sends a packet also logs it.
    struct Sent {
        std::uint64_t certain;
        std::uint64_t possible;
    };
    [[nodiscard]] Sent sent() const;

    [[nodiscard]] std::uint16_t port() const { return plan_.port; }

private:
    [[nodiscard]] std::size_t due(Clock::duration elapsed) const;
    void send(std::size_t count);

    Plan plan_;
    support::Sender sender_;
    std::mutex sending_;
    // pauses that were requested; the sender must not take the lock again before they end
    std::atomic<int> pauses_ = 0;
    std::atomic<std::uint64_t> begun_ = 0;
    std::atomic<std::uint64_t> done_ = 0;
};

} // namespace soak
