// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "reader.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace fleet {

// The chunks of one group that were read and are not acknowledged, in their order: those that were
// sent, and then those that were not.
class Flight {
public:
    void add(spool::Reader::Found found);

    [[nodiscard]] bool is_empty() const { return items_.empty(); }
    [[nodiscard]] bool has_next() const { return next_ < items_.size(); }
    // The next one to be sent. sent() counts it as on its way.
    [[nodiscard]] const spool::Reader::Found& next() const { return items_[next_].found; }
    void sent();
    // It cannot be sent, and is passed over.
    void skip();

    // Returns the packets in it; nothing if it was acknowledged before.
    std::optional<std::uint64_t> acknowledge(std::uint64_t number);
    // All up to this one are acknowledged or were passed over; 0: none was yet.
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
    // Leaves out what is before that one.
    void begin_at(std::uint64_t number);
    // What is on its way is to be sent again.
    void go_back();

    [[nodiscard]] std::size_t bytes() const { return bytes_; }           // of all
    [[nodiscard]] std::size_t sent_bytes() const { return sent_bytes_; } // on their way
    [[nodiscard]] std::size_t count() const { return items_.size(); }
    [[nodiscard]] std::size_t sent_count() const { return sent_count_; }

private:
    struct Item {
        spool::Reader::Found found;
        std::size_t bytes; // that it costs, about
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
