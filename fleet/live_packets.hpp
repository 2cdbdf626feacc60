// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "chunk_trail.hpp"
#include "host_patterns.hpp"
#include "message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace fleet {

// Makes one savefile from the messages of many hosts: the head of the first message, and the
// records of all messages.
class LivePackets {
public:
    explicit LivePackets(HostPatterns patterns) : patterns_(std::move(patterns)) {}

    // The parts of a message to write, in order. Both are empty if the message is left out. They
    // are valid while the message is.
    struct Pieces {
        std::string_view head;
        std::string_view records;
        std::uint64_t packets = 0;
    };
    Pieces next(natsMsg* message);

    // Call this after these parts were written.
    void count_written(const Pieces& pieces) { packets_ += pieces.packets; }

    // Returns a line with the number of packets, and one more line for each problem. `dropped`:
    // messages that were dropped because the reader is slow.
    [[nodiscard]] std::string summary(std::uint64_t dropped) const;

private:
    HostPatterns patterns_;
    ChunkTrail trail_;
    std::string head_; // head of the savefile; "": no packet was received yet
    std::uint64_t packets_ = 0;
    std::uint64_t missed_ = 0;      // number of missing chunks
    std::uint64_t other_heads_ = 0; // messages that were left out because of another head
    std::uint64_t damaged_ = 0;     // damaged messages
    std::uint64_t later_ = 0;       // messages of a later version
};

} // namespace fleet
