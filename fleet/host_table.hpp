// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fleet {

// The values of each group of each host, from the accounts in the messages.
class HostTable {
public:
    using Clock = std::chrono::steady_clock;
    using Nanoseconds = std::chrono::nanoseconds;

    // Adds a message. `stored`: when the broker stored it, since the Unix epoch; `age`: how long
    // ago that was.
    void add(const Message& message, Nanoseconds stored, Nanoseconds age);

    // Call this if some messages did not arrive here although the broker has them. A gap between
    // the messages before and after this call is not counted as missing.
    void expect_gaps() { ++gaps_; }

    struct Row {
        std::string host;
        std::uint16_t group = 0;
        double packets_per_second = 0; // rate since the last call of rows()
        Nanoseconds lag{};      // time from the end of the last chunk until the broker stored it
        Nanoseconds silent{};   // time since the broker stored the last chunk
        std::uint64_t lost = 0; // packets that the kernel lost since the spool was created
        // Missing packets since the spool was created; the true number can be higher.
        std::uint64_t missing = 0;
        bool is_ended = false; // the capture ended normally
    };
    // Returns the rows, sorted by host and group.
    std::vector<Row> rows();

    // Returns the number of messages from hosts and groups that have no row.
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

private:
    // The maximum number of rows, so that no sender can make memory grow.
    static constexpr std::size_t max_rows = 100'000;

    struct Entry {
        std::string spool;
        std::uint64_t number = 0;
        spool::Account account;
        Nanoseconds lag{};
        Clock::time_point stored;
        std::uint64_t packets = 0; // received since the last call of rows()
        // Packets that were missing when the first message of the spool arrived here.
        std::uint64_t missing_then = 0;
        std::uint64_t missing_here = 0; // packets in the gaps between messages here
        std::uint64_t gaps = 0;
    };

    std::map<std::pair<std::string, std::uint16_t>, Entry> entries_;
    std::uint64_t gaps_ = 0;
    std::uint64_t left_out_ = 0;
    Clock::time_point shown_ = Clock::now();
};

} // namespace fleet
