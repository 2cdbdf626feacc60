// SPDX-License-Identifier: GPL-2.0-or-later
#include "heavy_hitters.hpp"

#include "catch.hpp"

#include <algorithm>
#include <malloc.h>
#include <map>
#include <random>
#include <string>

using command::Figures;
using command::HeavyHitters;

namespace {

std::map<std::string, HeavyHitters::Row> by_key(const HeavyHitters& hitters)
{
    std::map<std::string, HeavyHitters::Row> rows;
    for (const HeavyHitters::Row& row : hitters.rows())
        rows.emplace(row.key, row);
    return rows;
}

} // namespace

TEST_CASE("counts are exact if there are no more keys than the maximum")
{
    HeavyHitters hitters(3);
    hitters.count("a", {1, 100, 0});
    hitters.count("", {1, 10, 5});
    hitters.count("a", {1, 200, 1});
    hitters.count(std::string_view("a\0b", 3), {1, 1, 0});
    const auto rows = by_key(hitters);
    REQUIRE(rows.size() == 3);
    CHECK(hitters.max_missing() == 0);
    CHECK(rows.at("a").whole.packets == 2);
    CHECK(rows.at("a").whole.bytes == 300);
    CHECK(rows.at("a").whole.lost == 1);
    CHECK(rows.at("").whole.bytes == 10);
    CHECK(rows.at(std::string("a\0b", 3)).whole.packets == 1);
}

TEST_CASE("an interval counts from its beginning")
{
    HeavyHitters hitters(2);
    hitters.count("a", {1, 100, 2});
    hitters.begin_interval();
    hitters.count("a", {1, 30, 1});
    hitters.count("b", {1, 7, 0});
    const auto rows = by_key(hitters);
    CHECK(rows.at("a").whole.packets == 2);
    CHECK(rows.at("a").interval.packets == 1);
    CHECK(rows.at("a").interval.bytes == 30);
    CHECK(rows.at("a").interval.lost == 1);
    CHECK(rows.at("b").interval.packets == 1);
}

TEST_CASE("a further key replaces the one with the fewest packets")
{
    HeavyHitters hitters(2);
    for (const char* key : {"a", "a", "a", "b", "b", "c"})
        hitters.count(key, {1, 10, 0});
    const auto rows = by_key(hitters);
    CHECK(rows.at("a").whole.packets == 3);
    // This counts the packet of "c" only, without the two of the key that "c" replaced.
    CHECK(rows.at("c").whole.packets == 1);
    CHECK(rows.at("c").interval.packets == 1);
    CHECK(rows.contains("b") == false);
    CHECK(hitters.max_missing() == 2);
}

TEST_CASE("with too many keys no count is too high, and none is too low by more than max_missing()")
{
    constexpr std::size_t max_keys = 100;
    constexpr std::uint64_t packets = 200'000;
    std::mt19937 random(1);
    std::map<std::string, std::uint64_t> counted;
    HeavyHitters hitters(max_keys);
    // Each rank is equally probable, and 'rank' keys share it: the keys of a high rank are rare.
    for (std::uint64_t i = 0; i < packets; ++i) {
        const std::uint64_t rank = 1ULL << random() % 16;
        const std::string key = std::to_string(rank + random() % rank);
        ++counted[key];
        hitters.count(key, {1, 1, 0});
    }
    REQUIRE(counted.size() > 100 * max_keys);
    const auto rows = by_key(hitters);
    CHECK(rows.size() == max_keys);
    CHECK(hitters.max_missing() > 0);
    CHECK(hitters.max_missing() <= packets / max_keys);
    bool is_bounded = true;
    for (const auto& [key, number] : counted) {
        const auto row = rows.find(key);
        const std::uint64_t shown = row == rows.end() ? 0 : row->second.whole.packets;
        is_bounded = is_bounded && shown <= number && number <= shown + hitters.max_missing();
    }
    CHECK(is_bounded);
    CHECK(rows.contains("1")); // one packet in 16 has this key
}

TEST_CASE("a million keys take no more memory than ten thousand")
{
    constexpr std::size_t max_keys = 10'000;
    HeavyHitters hitters(max_keys);
    std::size_t before = 0;
    for (std::size_t i = 0; i < 1'000'000; ++i) {
        hitters.count("a key that needs memory of its own, " + std::to_string(i), {1, 1, 0});
        if (i + 1 == max_keys)
            before = mallinfo2().uordblks;
    }
    CHECK(hitters.rows().size() == max_keys);
    CHECK(hitters.max_missing() == 99);
    constexpr std::size_t of_longer_numbers = 1 << 20; // bytes
    CHECK(mallinfo2().uordblks <= before + of_longer_numbers);
}
