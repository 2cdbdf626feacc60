// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "reader.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace fleet {

// The chunks of one group that were read from the spool and are not acknowledged yet, in order.
// First come the sent chunks, then the others.
class Flight {
public:
    void add(spool::Reader::Found found);

    [[nodiscard]] bool is_empty() const { return items_.empty(); }
    [[nodiscard]] bool has_next() const { return next_ < items_.size(); }
    // Returns the next chunk to send. Call sent() after it was sent; next() then returns the chunk
    // after it.
    [[nodiscard]] const spool::Reader::Found& next() const { return items_[next_].found; }
    void sent();
    // Skips the next chunk, because it cannot be sent.
    void skip();

    // Marks a chunk as acknowledged. Returns the number of its packets, or nothing if it was
    // acknowledged before.
    std::optional<std::uint64_t> acknowledge(std::uint64_t number);
    // Returns the number of the last chunk before which, including itself, all are acknowledged or
    // skipped; 0: none.
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
    // Removes the chunks before the one with this number.
    void begin_at(std::uint64_t number);
    // Makes all sent chunks unsent, so that they are sent again.
    void go_back();

    [[nodiscard]] std::size_t bytes() const { return bytes_; }           // size of all chunks
    [[nodiscard]] std::size_t sent_bytes() const { return sent_bytes_; } // size of the sent chunks
    [[nodiscard]] std::size_t count() const { return items_.size(); }
    [[nodiscard]] std::size_t sent_count() const { return sent_count_; }

private:
    struct Item {
        spool::Reader::Found found;
        std::size_t bytes; // approximate size in memory
        bool is_on_its_way = false;
        bool is_done = false;
    };
    void land(Item& item);
    void drop_done();
    void find_next();

    std::deque<Item> items_;
    std::size_t next_ = 0;
    std::size_t bytes_ = 0;
    std::size_t sent_bytes_ = 0;
    std::size_t sent_count_ = 0;
    std::uint64_t acknowledged_ = 0;
};

} // namespace fleet
