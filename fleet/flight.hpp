// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "reader.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace fleet {

// The chunks of one group that were read and are not acknowledged, in order: first those that were
// sent, then those that were not.
class Flight {
public:
    void add(spool::Reader::Found found);

    [[nodiscard]] bool is_empty() const { return items_.empty(); }
    [[nodiscard]] bool has_next() const { return next_ < items_.size(); }
    // The next chunk to send. Call sent() when it was sent: the chunk after it is then the next.
    [[nodiscard]] const spool::Reader::Found& next() const { return items_[next_].found; }
    void sent();
    // The chunk cannot be sent, and is skipped.
    void skip();

    // Returns the number of packets in the chunk; nothing if it was acknowledged before.
    std::optional<std::uint64_t> acknowledge(std::uint64_t number);
    // All chunks up to this one are acknowledged or were skipped; 0: none yet.
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
    // Removes the chunks before that one.
    void begin_at(std::uint64_t number);
    // All sent chunks must be sent again.
    void go_back();

    [[nodiscard]] std::size_t bytes() const { return bytes_; }           // of all chunks
    [[nodiscard]] std::size_t sent_bytes() const { return sent_bytes_; } // of the sent chunks
    [[nodiscard]] std::size_t count() const { return items_.size(); }
    [[nodiscard]] std::size_t sent_count() const { return sent_count_; }

private:
    struct Item {
        spool::Reader::Found found;
        std::size_t bytes; // approximate memory
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
