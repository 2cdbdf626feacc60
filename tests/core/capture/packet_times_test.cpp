// SPDX-License-Identifier: GPL-2.0-or-later
// These tests use an artificial source, because a test cannot set the kernel's clock and queue.
#include "packet_times.hpp"

#include "message_builder.hpp"
#include "packet_parser.hpp"

#include "catch.hpp"

#include <optional>
#include <vector>

using nflog::MessageCursor;
using nflog::PacketTimes;
using synthetic::Message;

namespace {

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t noon = 1'700'000'000'000 * ms;

class PretendedSource final : public nflog::Source {
public:
    std::uint64_t read_at = noon;
    std::uint64_t wait = 10 * ms;
    std::uint64_t unread_since = 0;

    [[nodiscard]] bool has_backlog() const noexcept override { return false; }
    nflog::Batch receive() override { return {nflog::Batch::State::none_now}; }
    [[nodiscard]] std::uint64_t
    received_at_ns(std::span<const std::byte> /*message*/) const noexcept override
    {
        return read_at;
    }
    [[nodiscard]] std::uint64_t max_wait_ns(std::size_t /*index*/) const noexcept override
    {
        return wait;
    }
    [[nodiscard]] std::uint64_t unread_since_ns(std::size_t /*index*/) noexcept override
    {
        return unread_since;
    }
    void stop() noexcept override {}
};

constexpr std::optional<std::uint64_t> unstamped;
using Stamps = std::vector<std::optional<std::uint64_t>>;

Message message_with(const std::optional<std::uint64_t>& stamp)
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    Message message;
    message.put(NFULA_PACKET_HDR, synthetic::bytes({0x08, 0x00, stamp ? 0U : 3U, 0}));
    if (stamp) {
        const std::uint64_t value[] = {htobe64(*stamp / ns_per_second),
                                       htobe64(*stamp % ns_per_second / 1000)};
        message.put(NFULA_TIMESTAMP, std::as_bytes(std::span(value)));
    }
    message.put(NFULA_PAYLOAD, synthetic::text("payload"));
    return message;
}

// The times that packets of a batch get if they have these timestamps of the kernel.
std::vector<std::uint64_t> times_of(PacketTimes& times, const Stamps& stamps)
{
    synthetic::Batch batch;
    for (const auto& stamp : stamps)
        batch.add(message_with(stamp));
    const auto bytes = synthetic::exact_copy(batch.span());
    std::vector<std::uint64_t> found;
    times.begin_batch();
    for (MessageCursor cursor{bytes}; cursor.more();) {
        nflogcap_packet packet;
        REQUIRE(nflog::parse_packet(cursor.next(), packet));
        times.set(packet, cursor);
        found.push_back(packet.timestamp_ns);
    }
    return found;
}

using Times = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("the kernel's times are kept")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    CHECK(times_of(times, {noon - 5 * ms, noon - 6 * ms, noon - 4 * ms}) ==
          Times{noon - 5 * ms, noon - 6 * ms, noon - 4 * ms});
}

TEST_CASE("packets between two timestamps are spread evenly between them")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    CHECK(times_of(times, {noon - 8 * ms, unstamped, unstamped, unstamped, noon - 4 * ms}) ==
          Times{noon - 8 * ms, noon - 7 * ms, noon - 6 * ms, noon - 5 * ms, noon - 4 * ms});
    CHECK(times_of(times, {unstamped, noon - 2 * ms}) == Times{noon - 3 * ms, noon - 2 * ms});
}

TEST_CASE("a packet before the first timestamp gets a time from the period in which its batch was "
          "gathered")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    CHECK(times_of(times, {unstamped, noon - 2 * ms}) == Times{noon - 7 * ms, noon - 2 * ms});
}

TEST_CASE(
    "a packet after the last timestamp does not get a later time than the next packet can have")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    source.unread_since = noon - 10 * ms; // the queue is empty
    CHECK(times_of(times, {noon - 2 * ms, unstamped}) == Times{noon - 2 * ms, noon - 2 * ms});

    source.read_at = noon + 1000 * ms;
    source.unread_since = noon + 990 * ms;
    CHECK(times_of(times, {unstamped, unstamped}) == Times{noon + 990 * ms, noon + 990 * ms});

    source.read_at = noon + 1010 * ms; // and now the queue is not empty
    CHECK(times_of(times, {unstamped}) == Times{noon + 990 * ms});
    CHECK(times_of(times, {noon + 991 * ms}) == Times{noon + 991 * ms});
}

TEST_CASE("without any timestamp, a packet's time is after the previous packet and within the "
          "kernel's flush timeout")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    source.unread_since = noon - 6 * ms;
    CHECK(times_of(times, {unstamped}) == Times{noon - 8 * ms});
    CHECK(times_of(times, {unstamped, unstamped, unstamped}) ==
          Times{noon - 7'500'000, noon - 7 * ms, noon - 6'500'000});
    source.read_at = noon + 1000 * ms;
    source.unread_since = noon + 990 * ms;
    CHECK(times_of(times, {unstamped}) == Times{noon + 990 * ms});
    source.unread_since = noon + 2000 * ms; // the clock was set forward since the reading
    CHECK(times_of(times, {unstamped}) == Times{noon + 995 * ms});
}

TEST_CASE("times of an artificial source continue if the clock was set back")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    constexpr std::uint64_t hour = 3'600'000 * ms;
    const bool is_after_a_stamp = GENERATE(true, false);
    source.unread_since = noon - source.wait;
    times_of(times, {is_after_a_stamp ? std::optional(noon - 2 * ms) : unstamped});

    source.read_at = noon - hour;
    source.unread_since = source.read_at - source.wait;
    const std::uint64_t first = times_of(times, {unstamped}).front();
    CHECK(first >= noon - hour - 10 * ms);
    CHECK(first <= noon - hour);
    source.read_at += 1000 * ms;
    source.unread_since += 1000 * ms;
    const std::uint64_t second = times_of(times, {unstamped}).front();
    CHECK(second >= first + 980 * ms);
    CHECK(second <= source.read_at);
    CHECK(times_of(times, {unstamped, source.read_at + 1 * ms}).front() >= second);
}

TEST_CASE(
    "a packet between timestamps that two processors took at once has the later packet's time")
{
    PretendedSource source;
    PacketTimes times(source, 0);
    CHECK(times_of(times, {noon - 2 * ms, unstamped, noon - 3 * ms}) ==
          Times{noon - 2 * ms, noon - 3 * ms, noon - 3 * ms});
}
