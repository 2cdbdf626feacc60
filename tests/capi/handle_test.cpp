// SPDX-License-Identifier: GPL-2.0-or-later
// A handle before it captures: no test here uses a network namespace.
#include "words.hpp"

#include "capture.hpp"
#include "catch.hpp"

#include <array>
#include <cerrno>
#include <limits>
#include <poll.h>
#include <string>

using support::Handle;

namespace {

constexpr std::uint16_t group = 5;

// A value that a function must not change when it fails.
const nflogcap_packet* const untouched_packet = reinterpret_cast<const nflogcap_packet*>(1);
nflogcap* const untouched_handle = reinterpret_cast<nflogcap*>(1);

} // namespace

TEST_CASE("a NULL handle is -EINVAL in every function")
{
    const nflogcap_packet* packet = untouched_packet;
    CHECK(nflogcap_add_group(nullptr, group) == -EINVAL);
    CHECK(nflogcap_remove_group(nullptr, group) == -EINVAL);
    CHECK(nflogcap_set_snaplen(nullptr, 1) == -EINVAL);
    CHECK(nflogcap_set_delivery(nullptr, NFLOGCAP_BATCHED) == -EINVAL);
    CHECK(nflogcap_set_queue_threshold(nullptr, 1) == -EINVAL);
    CHECK(nflogcap_set_flush_timeout(nullptr, 1) == -EINVAL);
    CHECK(nflogcap_set_batch_size(nullptr, 4096) == -EINVAL);
    CHECK(nflogcap_set_socket_buffer(nullptr, 4096) == -EINVAL);
    CHECK(nflogcap_set_conntrack(nullptr, 1) == -EINVAL);
    CHECK(nflogcap_set_netns(nullptr, "/proc/self/ns/net") == -EINVAL);
    CHECK(nflogcap_set_filter(nullptr, "udp") == -EINVAL);
    CHECK(nflogcap_set_savefile(nullptr, "-") == -EINVAL);
    CHECK(nflogcap_add_tap(nullptr, "output", "udp dport 9") == -EINVAL);
    CHECK(nflogcap_remove_tap(nullptr, "output", "udp dport 9") == -EINVAL);
    CHECK(nflogcap_remove_taps(nullptr) == -EINVAL);
    CHECK(nflogcap_groups(nullptr, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_descriptors(nullptr, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_hand_over(nullptr) == -EINVAL);
    CHECK(nflogcap_adopt(nullptr, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_expect(nullptr, 5, 0) == -EINVAL);
    CHECK(nflogcap_expected(nullptr, 5, nullptr) == -EINVAL);
    CHECK(nflogcap_start(nullptr) == -EINVAL);
    CHECK(nflogcap_tap_group(nullptr) == -EINVAL);
    CHECK(nflogcap_fd(nullptr) == -EINVAL);
    CHECK(nflogcap_next(nullptr, &packet, 0) == -EINVAL);
    CHECK(nflogcap_next_batch(nullptr, &packet, 1, 0) == -EINVAL);
    CHECK(nflogcap_wakeup(nullptr) == -EINVAL);
    CHECK(nflogcap_stop(nullptr) == -EINVAL);
    nflogcap_stats stats{};
    CHECK(nflogcap_get_stats(nullptr, &stats, sizeof stats) == -EINVAL);
    CHECK(nflogcap_get_group_stats(nullptr, group, &stats, sizeof stats) == -EINVAL);
    CHECK(std::string(nflogcap_error(nullptr)).empty());
    CHECK(packet == untouched_packet);
    nflogcap_close(nullptr);
}

TEST_CASE("a NULL for a result is -EINVAL")
{
    CHECK(nflogcap_new(nullptr) == -EINVAL);
    CHECK(nflogcap_open(nullptr, &group, 1, nullptr, 0) == -EINVAL);

    const Handle capture = support::capture_of({group});
    CHECK(nflogcap_next(capture.get(), nullptr, 0) == -EINVAL);
    check_error(capture, {"'ret' is NULL"});
    CHECK(nflogcap_next_batch(capture.get(), nullptr, 1, 0) == -EINVAL);
    check_error(capture, {"'ret' is NULL"});
}

TEST_CASE("an open that fails does not change its result")
{
    nflogcap* handle = untouched_handle;
    const std::array<std::uint16_t, 3> twice = {group, 6, group};
    CHECK(nflogcap_open(&handle, twice.data(), twice.size(), nullptr, 0) == -EEXIST);
    CHECK(nflogcap_open(&handle, nullptr, 0, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_open(&handle, nullptr, 1, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_open(&handle, &group, 0, nullptr, 0) == -EINVAL);
    CHECK(handle == untouched_handle);
}

TEST_CASE("a new handle has had no failure")
{
    const Handle capture = support::capture_of({group});
    CHECK(std::string(nflogcap_error(capture.get())).empty());
}

TEST_CASE("the same group twice is -EEXIST")
{
    const Handle capture = support::capture_of({group});
    CHECK(nflogcap_add_group(capture.get(), group) == -EEXIST);
    check_error(capture, {"group 5", "added before"});
    CHECK(nflogcap_add_group(capture.get(), 6) == 0);
}

TEST_CASE("a start without a group is -EINVAL")
{
    const Handle capture = support::capture_of({});
    CHECK(nflogcap_start(capture.get()) == -EINVAL);
    check_error(capture, {"no group"});
}

TEST_CASE("next fails before the start")
{
    const Handle capture = support::capture_of({group});
    const nflogcap_packet* packet = untouched_packet;
    for (const int timeout_ms : {-1, 0, 1000}) {
        CHECK(nflogcap_next(capture.get(), &packet, timeout_ms) == -ENOTCONN);
        check_error(capture, {"has not been started"});
        CHECK(nflogcap_next_batch(capture.get(), &packet, 1, timeout_ms) == -ENOTCONN);
    }
    CHECK(packet == untouched_packet);
}

TEST_CASE("a timeout below -1 is -EINVAL")
{
    const Handle capture = support::capture_of({group});
    const nflogcap_packet* packet = untouched_packet;
    for (const int timeout_ms : {-2, std::numeric_limits<int>::min()}) {
        CHECK(nflogcap_next(capture.get(), &packet, timeout_ms) == -EINVAL);
        check_error(capture, {std::to_string(timeout_ms)});
        CHECK(nflogcap_next_batch(capture.get(), &packet, 1, timeout_ms) == -EINVAL);
    }
    CHECK(packet == untouched_packet);
}

TEST_CASE("a batch with a capacity of 0 is -EINVAL")
{
    const Handle capture = support::capture_of({group});
    const nflogcap_packet* packet = untouched_packet;
    CHECK(nflogcap_next_batch(capture.get(), &packet, 0, 0) == -EINVAL);
    check_error(capture, {"capacity 0"});
    CHECK(packet == untouched_packet);
}

namespace {

struct Range {
    const char* name; // in the text of a failure
    int (*set)(nflogcap*, std::uint32_t);
    std::uint32_t least;
    std::uint32_t most;
};

constexpr std::uint32_t any = std::numeric_limits<std::uint32_t>::max();

const std::array<Range, 5> ranges = {{
    {"snaplen", nflogcap_set_snaplen, 0, 65531},
    {"queue_threshold", nflogcap_set_queue_threshold, 1, any},
    {"flush_timeout", nflogcap_set_flush_timeout, 0, 3'600'000},
    {"batch_size", nflogcap_set_batch_size, 4096, 131'072},
    {"socket_buffer", nflogcap_set_socket_buffer, 4096, 1'073'741'823},
}};

void check_refused(const Range& range, std::uint32_t value)
{
    CAPTURE(range.name, value);
    const Handle capture = support::capture_of({group});
    CHECK(range.set(capture.get(), value) == -ERANGE);
    check_error(capture, {range.name, std::to_string(value),
                          std::to_string(range.least) + " to " + std::to_string(range.most)});
}

} // namespace

TEST_CASE("a setting accepts the minimum and the maximum of its range, and values between them")
{
    const Handle capture = support::capture_of({group});
    for (const Range& range : ranges) {
        CAPTURE(range.name);
        CHECK(range.set(capture.get(), range.least) == 0);
        CHECK(range.set(capture.get(), range.least + 1) == 0);
        CHECK(range.set(capture.get(), range.most - 1) == 0);
        CHECK(range.set(capture.get(), range.most) == 0);
    }
    CHECK(std::string(nflogcap_error(capture.get())).empty());
}

TEST_CASE("a value outside its range is -ERANGE, and the error names the range")
{
    for (const Range& range : ranges) {
        if (range.least > 0) {
            check_refused(range, range.least - 1);
            check_refused(range, 0);
        }
        if (range.most < any) {
            check_refused(range, range.most + 1);
            check_refused(range, any);
        }
    }
}

TEST_CASE("a delivery is batched, immediate or adaptive; other values are refused")
{
    const Handle capture = support::capture_of({group});
    CHECK(nflogcap_set_delivery(capture.get(), NFLOGCAP_BATCHED) == 0);
    CHECK(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == 0);
    CHECK(nflogcap_set_delivery(capture.get(), NFLOGCAP_ADAPTIVE) == 0);
    for (const int delivery : {-1, 3, 1000}) {
        CHECK(nflogcap_set_delivery(capture.get(), delivery) == -EINVAL);
        check_error(capture,
                    {"delivery to " + std::to_string(delivery), "batched, immediate or adaptive"});
    }
}

TEST_CASE("conntrack is on with any value except 0")
{
    const Handle capture = support::capture_of({group});
    for (const int enabled : {0, 1, -1, 77})
        CHECK(nflogcap_set_conntrack(capture.get(), enabled) == 0);
}

TEST_CASE("the text of an error lasts until the next error")
{
    const Handle capture = support::capture_of({group});
    REQUIRE(nflogcap_set_snaplen(capture.get(), any) == -ERANGE);
    const std::string words = nflogcap_error(capture.get());
    REQUIRE(nflogcap_set_snaplen(capture.get(), 96) == 0);
    CHECK(nflogcap_error(capture.get()) == words);
    REQUIRE(nflogcap_add_group(capture.get(), group) == -EEXIST);
    CHECK(nflogcap_error(capture.get()) != words);
}

TEST_CASE("the descriptor exists before the start, never changes, and shows a wakeup")
{
    const Handle capture = support::capture_of({group});
    const int fd = nflogcap_fd(capture.get());
    REQUIRE(fd >= 0);
    CHECK(nflogcap_fd(capture.get()) == fd);
    pollfd watched = {fd, POLLIN, 0};
    CHECK(poll(&watched, 1, 0) == 0);
    CHECK(nflogcap_wakeup(capture.get()) == 0);
    CHECK(poll(&watched, 1, 0) == 1);
}

TEST_CASE("handles do not affect each other")
{
    const Handle one = support::capture_of({group});
    const Handle other = support::capture_of({group});
    CHECK(nflogcap_fd(one.get()) != nflogcap_fd(other.get()));
    CHECK(nflogcap_add_group(one.get(), group) == -EEXIST);
    CHECK(std::string(nflogcap_error(other.get())).empty());
}
