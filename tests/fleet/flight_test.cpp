// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight.hpp"

#include "catch.hpp"

using fleet::Flight;

namespace {

void add(Flight& flight, std::uint64_t number, std::uint64_t length = 100)
{
    spool::Reader::Found found;
    found.chunk.number = number;
    found.chunk.length = length;
    found.chunk.account.packets = 2;
    flight.add(std::move(found));
}

void send_all(Flight& flight)
{
    while (flight.has_next())
        flight.sent();
}

} // namespace

TEST_CASE("chunks are acknowledged up to the first unacknowledged one")
{
    Flight flight;
    for (const std::uint64_t number : {3U, 4U, 5U})
        add(flight, number);
    send_all(flight);
    CHECK(flight.sent_count() == 3);
    CHECK(flight.acknowledge(4) == 2);
    CHECK(flight.acknowledged() == 0);
    CHECK(!flight.acknowledge(4));
    CHECK(!flight.acknowledge(9));
    CHECK(flight.acknowledge(3) == 2);
    CHECK(flight.acknowledged() == 4);
    CHECK(flight.sent_count() == 1);
    CHECK(flight.acknowledge(5) == 2);
    CHECK(flight.is_empty());
    CHECK(flight.bytes() == 0);
    CHECK(flight.sent_bytes() == 0);
}

TEST_CASE("unacknowledged chunks are sent again in order")
{
    Flight flight;
    for (std::uint64_t number = 1; number <= 4; ++number)
        add(flight, number);
    send_all(flight);
    flight.acknowledge(1);
    flight.acknowledge(3);
    flight.go_back();
    CHECK(flight.sent_count() == 0);
    REQUIRE(flight.has_next());
    CHECK(flight.next().chunk.number == 2);
    flight.sent();
    CHECK(flight.next().chunk.number == 4);
    flight.sent();
    CHECK(!flight.has_next());
    CHECK(flight.acknowledge(2) == 2);
    CHECK(flight.acknowledged() == 3);
}

TEST_CASE("a late acknowledgement makes it unnecessary to send a waiting chunk again")
{
    Flight flight;
    add(flight, 1);
    add(flight, 2);
    send_all(flight);
    flight.go_back();
    CHECK(flight.acknowledge(1) == 2);
    CHECK(flight.next().chunk.number == 2);
    CHECK(flight.sent_bytes() == 0);
}

TEST_CASE("chunks that the broker already has are skipped")
{
    Flight flight;
    for (std::uint64_t number = 1; number <= 4; ++number)
        add(flight, number);
    flight.begin_at(3);
    CHECK(flight.acknowledged() == 2);
    CHECK(flight.next().chunk.number == 3);
    CHECK(flight.count() == 2);
}

TEST_CASE("a skipped chunk delays nothing")
{
    Flight flight;
    add(flight, 1);
    add(flight, 2);
    flight.skip();
    CHECK(flight.acknowledged() == 1);
    CHECK(flight.next().chunk.number == 2);
    flight.sent();
    add(flight, 3);
    flight.skip();
    CHECK(flight.acknowledged() == 1);
    CHECK(flight.acknowledge(2) == 2);
    CHECK(flight.acknowledged() == 3);
}
