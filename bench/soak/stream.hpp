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

// Numbered UDP to a port of lo, of one sender, for one reader.
class Stream {
public:
    enum class Pace { full, steady, waves };

    struct Plan {
        std::uint16_t port;
        Pace pace;
        std::uint64_t rate; // a second, where the pace is steady
    };
    explicit Stream(const Plan& plan) : plan_(plan), sender_(plan.port) {}

    // Sends until then, or until `over`, and at most `most` packets.
    void run(const std::atomic<bool>& over, Clock::time_point until, std::uint64_t most);

    // Not a packet is sent as long as this lives, but by send_one().
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

    // How many were sent: a packet is logged in the course of the system call that sends it, since
    // the rules are at the hook output. So all below `certain` were, and none from `possible` on.
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
    std::atomic<int> pauses_ =
        0; // that are wanted, so that the sender does not take the lock again
    std::atomic<std::uint64_t> begun_ = 0;
    std::atomic<std::uint64_t> done_ = 0;
};

} // namespace soak
