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
    std::uint64_t lost = 0; // packets

    Figures& operator+=(const Figures& other);
    Figures operator-(const Figures& other) const;
};

// Figures of the keys that have the most packets, in bounded memory: the space-saving algorithm of
// Metwally, Agrawal and El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data
// Streams", 2005.
//
// Figures are exact for up to `max_keys` keys. A further key replaces the key with the fewest
// packets. From then on figures are never too high, and at most max_missing() packets too low. A
// key without a row has at most that many packets.
class HeavyHitters {
public:
    explicit HeavyHitters(std::size_t max_keys) : max_keys_(max_keys) {}

    void count(std::string_view key, const Figures& packet);

    // The `interval` of each row starts now.
    void begin_interval();

    struct Row {
        std::string key;
        Figures whole;
        Figures interval;
    };
    [[nodiscard]] std::vector<Row> rows() const;

    // At most the number of packets divided by `max_keys`; 0: all figures are exact.
    [[nodiscard]] std::uint64_t max_missing() const { return max_missing_; }

private:
    struct Counter {
        std::string key;
        Figures whole;
        Figures before; // up to the start of the interval
    };
    // Ordered by the largest possible number of packets of the key: those counted plus
    // max_missing() at the time when it got its counter. Of equal keys, the oldest comes first.
    using Counters = std::multimap<std::uint64_t, Counter>;
    using Keys = std::unordered_map<std::string_view, Counters::iterator>;

    Keys::iterator add(std::string_view key);

    std::size_t max_keys_;
    std::uint64_t max_missing_ = 0;
    Counters counters_;
    Keys keys_; // keys that have a counter
};

} // namespace command
