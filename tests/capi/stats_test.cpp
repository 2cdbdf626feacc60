// SPDX-License-Identifier: GPL-2.0-or-later
// Counters in structs of programs that were compiled with another header.
#include "capture.hpp"
#include "catch.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

using support::Handle;

namespace {

constexpr std::uint16_t group = 5;
constexpr std::size_t first_size = 104; // of 1.0
constexpr std::byte untouched{0xa5};

using Room = std::array<std::byte, 256>;

Room fresh_room()
{
    Room room;
    room.fill(untouched);
    return room;
}

// Fills a struct of this size with the counters of the handle, or with those of its group.
int fill(const Handle& capture, bool of_group, Room& room, std::size_t size)
{
    auto* stats = reinterpret_cast<nflogcap_stats*>(room.data());
    return of_group ? nflogcap_get_group_stats(capture.get(), group, stats, size)
                    : nflogcap_get_stats(capture.get(), stats, size);
}

} // namespace

TEST_CASE("the counters of a new handle are 0")
{
    const Handle capture = support::capture_of({group});
    constexpr nflogcap_stats none{};
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(std::memcmp(&stats, &none, sizeof stats) == 0);
}

TEST_CASE("a struct that is smaller than that of 1.0 is -EINVAL and is not changed")
{
    const Handle capture = support::capture_of({group});
    const bool of_group = GENERATE(false, true);
    for (std::size_t size = 0; size < first_size; ++size) {
        CAPTURE(size);
        Room room = fresh_room();
        REQUIRE(fill(capture, of_group, room, size) == -EINVAL);
        CHECK(room == fresh_room());
    }
}

TEST_CASE("a struct that is larger than the library's is filled with zeros")
{
    const Handle capture = support::capture_of({group});
    const bool of_group = GENERATE(false, true);
    for (std::size_t size = first_size; size < sizeof(Room); ++size) {
        CAPTURE(size);
        Room room = fresh_room();
        REQUIRE(fill(capture, of_group, room, size) == 0);
        Room expected = fresh_room();
        std::memset(expected.data(), 0, size);
        CHECK(room == expected);
    }
}

TEST_CASE("only the handle's groups have counters")
{
    const Handle capture = support::capture_of({0, 65535});
    CHECK(support::stats_of(capture, 0).received == 0);
    CHECK(support::stats_of(capture, 65535).received == 0);
    nflogcap_stats stats{};
    stats.received = 7;
    CHECK(nflogcap_get_group_stats(capture.get(), 1, &stats, sizeof stats) == -ENOENT);
    CHECK(stats.received == 7);
}

TEST_CASE("counters without a destination are -EINVAL")
{
    const Handle capture = support::capture_of({group});
    CHECK(nflogcap_get_stats(capture.get(), nullptr, sizeof(nflogcap_stats)) == -EINVAL);
    CHECK(nflogcap_get_group_stats(capture.get(), group, nullptr, sizeof(nflogcap_stats)) ==
          -EINVAL);
}
