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

// What is known of each group of each host, from the accounts in the messages.
class HostTable {
public:
    using Clock = std::chrono::steady_clock;
    using Nanoseconds = std::chrono::nanoseconds;

    // Adds a message that was stored at `stored`, since the Unix epoch, `age` ago.
    void add(const Message& message, Nanoseconds stored, Nanoseconds age);

    // Some messages did not arrive here, although the broker has them: a gap after this call does
    // not mean that packets are missing.
    void expect_gaps() { ++gaps_; }

    struct Row {
        std::string host;
        std::uint16_t group = 0;
        double packets_per_second = 0; // since the last call of rows()
        Nanoseconds lag{};             // between the end of the last chunk and its storage
        Nanoseconds silent{};          // since the last chunk was stored
        std::uint64_t lost = 0;        // by the kernel, since the spool was created
        std::uint64_t missing = 0;     // at least this number, since the spool was created
        bool is_ended = false;         // the capture ended normally
    };
    // Sorted by host and group.
    std::vector<Row> rows();

    // Messages of hosts and groups that have no row.
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

private:
    // A limit, so that no sender can make memory grow.
    static constexpr std::size_t max_rows = 100'000;

    struct Entry {
        std::string spool;
        std::uint64_t number = 0;
        spool::Account account;
        Nanoseconds lag{};
        Clock::time_point stored;
        std::uint64_t packets = 0;      // received since the last call of rows()
        std::uint64_t missing_then = 0; // when the spool was first seen here
        std::uint64_t missing_here = 0; // in gaps that were seen here
        std::uint64_t gaps = 0;
    };

    std::map<std::pair<std::string, std::uint16_t>, Entry> entries_;
    std::uint64_t gaps_ = 0;
    std::uint64_t left_out_ = 0;
    Clock::time_point shown_ = Clock::now();
};

} // namespace fleet
