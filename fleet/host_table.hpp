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

// What is known of each group of each host, from the accounts in their messages.
class HostTable {
public:
    using Clock = std::chrono::steady_clock;
    using Nanoseconds = std::chrono::nanoseconds;

    // A message that was stored at `stored`, since the Unix epoch, and `age` ago.
    void add(const Message& message, Nanoseconds stored, Nanoseconds age);

    // Some messages did not come here, though the broker has them: a gap behind this call does not
    // show that packets are missing.
    void expect_gaps() { ++gaps_; }

    struct Row {
        std::string host;
        std::uint16_t group = 0;
        double packets_per_second = 0; // since the rows before
        Nanoseconds lag{};             // from the end of the last chunk until it was stored
        Nanoseconds silent{};          // since the last chunk was stored
        std::uint64_t lost = 0;        // by the kernel, since the spool was made
        std::uint64_t missing = 0;     // at least; since the spool was made
        bool is_ended = false;         // the capture ended in order
    };
    // By host and group.
    std::vector<Row> rows();

    // Messages of hosts and groups for which there is no row.
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

private:
    // So that nobody makes memory grow.
    static constexpr std::size_t max_rows = 100'000;

    struct Entry {
        std::string spool;
        std::uint64_t number = 0;
        spool::Account account;
        Nanoseconds lag{};
        Clock::time_point stored;
        std::uint64_t packets = 0;      // that came since the rows before
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
