// SPDX-License-Identifier: GPL-2.0-or-later
#include "server_address.hpp"

#include "catch.hpp"
#include "failure.hpp"

#include <string>

using fleet::address_of_server;

TEST_CASE("the scheme and the port of a broker's address can be omitted")
{
    CHECK(address_of_server("broker").url == "nats://broker:4222");
    CHECK(address_of_server("tls://broker/").url == "tls://broker:4222");
    CHECK(address_of_server("tls://broker").is_tls);
    CHECK(address_of_server("10.0.0.1:4000").url == "nats://10.0.0.1:4000");
    CHECK(address_of_server("nats://[::1]:4000").url == "nats://[::1]:4000");
    CHECK(address_of_server("nats://[::1]").host == "::1");
}

TEST_CASE("a text that is not the address of a broker is refused")
{
    for (const std::string text : {"", "nats://", "http://broker", "broker:0", "broker:65536",
                                   "broker:x", "[::1", "[::1]4222", "bro ker", "broker:4222/x"})
        CHECK_THROWS_AS(address_of_server(text), command::Failure);
}

TEST_CASE("a password in a broker's address is refused and not repeated")
{
    try {
        address_of_server("nats://user:secret@broker");
        FAIL("an address with a password was accepted");
    } catch (const command::Failure& failure) {
        CHECK(std::string(failure.what()).find("secret") == std::string::npos);
    }
}
