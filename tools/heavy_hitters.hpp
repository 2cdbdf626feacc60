// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace command {

struct Figures {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0; // number of lost packets

    Figures& operator+=(const Figures& other);
    Figures operator-(const Figures& other) const;
};

// Counts packets by key, in bounded memory: only the keys with the most packets have a row. The
// algorithm is "space-saving" of Metwally, Agrawal and El Abbadi, "Efficient Computation of
// Frequent and Top-k Elements in Data Streams", 2005.
//
// Figures are exact for up to `max_keys` keys. Each further key replaces the key with the fewest
// packets. From then on, figures may be up to max_missing() packets too low, but never too high. A
// key without a row has at most max_missing() packets.
class HeavyHitters {
public:
    explicit HeavyHitters(std::size_t max_keys) : max_keys_(max_keys) {}

    void count(std::string_view key, const Figures& packet);

    // Starts the interval that Row::interval counts.
    void begin_interval();

    struct Row {
        std::string key;
        Figures whole;
        Figures interval;
    };
    [[nodiscard]] std::vector<Row> rows() const;

    // Returns how many packets may be missing in each row: at most the number of all packets
    // divided by `max_keys`. 0: all figures are exact.
    [[nodiscard]] std::uint64_t max_missing() const { return max_missing_; }

private:
    struct Counter {
        std::string key;
        Figures whole;
        Figures before; // figures when the interval started
    };
    // Counters, ordered by the largest number of packets that the key can have: its counted packets
    // plus max_missing() at the time when it got its counter. If the numbers are equal, the oldest
    // key comes first.
    using Counters = std::multimap<std::uint64_t, Counter>;
    using Keys = std::unordered_map<std::string_view, Counters::iterator>;

    Keys::iterator add(std::string_view key);

    std::size_t max_keys_;
    std::uint64_t max_missing_ = 0;
    Counters counters_;
    Keys keys_; // the keys that have a counter
};

} // namespace command
