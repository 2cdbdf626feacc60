// SPDX-License-Identifier: GPL-2.0-or-later
// The content of packets, with rules of the real kernel.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <chrono>
#include <cstring>
#include <linux/netfilter/nfnetlink_log.h>
#include <net/if.h>
#include <string>
#include <unistd.h>
#include <vector>

using support::Family;
using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::uint32_t udp_over_ipv4 = 20 + 8;
constexpr std::uint32_t udp_over_ipv6 = 40 + 8;

const nflogcap_packet* next(const support::Handle& capture)
{
    const nflogcap_packet* packet = nullptr;
    INFO(nflogcap_error(capture.get()));
    REQUIRE(nflogcap_next(capture.get(), &packet, 2000) == 1);
    return packet;
}

} // namespace

TEST_CASE("an IPv4 packet logged in prerouting has all attributes that the kernel knows")
{
    const Namespace ns;
    nft("table inet t { chain c { type filter hook prerouting priority 0; udp dport 9 "
        "meta mark set 0x1234 log prefix \"web: \" group 5 drop; }; }");
    const auto capture = support::started({5});
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    Sender(9).send(1, 100);

    const nflogcap_packet* packet = next(capture);
    CHECK(packet->group == 5);
    CHECK(packet->family == 2);
    CHECK(packet->hook == 0);
    CHECK(packet->hw_protocol == 0x0800);
    CHECK(std::string(packet->prefix) == "web: ");
    CHECK(packet->mark == 0x1234);
    CHECK(packet->indev == if_nametoindex("lo"));
    CHECK(packet->hw_type == 772);
    CHECK(packet->seq == 0);
    CHECK(packet->lost_before == 0);
    CHECK(packet->wire_length == udp_over_ipv4 + 100);
    REQUIRE(packet->payload_length == udp_over_ipv4 + 100);
    CHECK(packet->payload[0] == 0x45);
    CHECK(packet->payload[9] == 17);
    CHECK(packet->payload[23] == 9);
    CHECK(packet->present ==
          (NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_TIMESTAMP |
           NFLOGCAP_HAS_INDEV | NFLOGCAP_HAS_PAYLOAD | NFLOGCAP_HAS_PREFIX | NFLOGCAP_HAS_SEQ |
           NFLOGCAP_HAS_SEQ_GLOBAL | NFLOGCAP_HAS_HW_TYPE | NFLOGCAP_HAS_HW_HEADER |
           NFLOGCAP_HAS_HW_ADDRESS));
    CHECK(packet->outdev == 0);
    CHECK(packet->physindev == 0);
    CHECK(packet->l2_header == nullptr);
    CHECK(packet->ct == nullptr);
    const auto after = std::chrono::system_clock::now().time_since_epoch();
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    CHECK(packet->timestamp_ns >=
          static_cast<std::uint64_t>(nanoseconds(before - seconds(1)).count()));
    CHECK(packet->timestamp_ns <=
          static_cast<std::uint64_t>(nanoseconds(after + seconds(1)).count()));
}

TEST_CASE("an IPv6 packet logged in output has an owner and no kernel timestamp")
{
    const Namespace ns;
    nft("table inet t { chain c { type filter hook output priority 0; udp dport 9 log group 5; }; "
        "}");
    const auto capture = support::started({5});
    Sender(9, Family::ipv6).send(1, 10);

    const nflogcap_packet* packet = next(capture);
    CHECK(packet->family == 10);
    CHECK(packet->hook == 3);
    CHECK(packet->hw_protocol == 0x86dd);
    CHECK(packet->outdev == if_nametoindex("lo"));
    CHECK((packet->present & NFLOGCAP_HAS_INDEV) == 0);
    CHECK((packet->present & NFLOGCAP_HAS_TIMESTAMP) == 0);
    CHECK((packet->present & NFLOGCAP_HAS_HW_HEADER) == 0);
    CHECK(packet->hw_header == nullptr);
    CHECK((packet->present & NFLOGCAP_HAS_MARK) == 0);
    CHECK((packet->present & NFLOGCAP_HAS_UID) != 0);
    CHECK((packet->present & NFLOGCAP_HAS_GID) != 0);
    CHECK(packet->uid == geteuid());
    CHECK(packet->gid == getegid());
    CHECK(std::string(packet->prefix).empty());
    CHECK(packet->wire_length == udp_over_ipv6 + 10);

    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto age = static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count()) -
                     packet->timestamp_ns; // an estimate, because the kernel set no time
    CHECK(age < 10'000'000'000);
}

TEST_CASE("a prefix of 0, 64 and 127 characters is complete")
{
    const std::size_t length = GENERATE(0U, 64U, 127U);
    const Namespace ns;
    const std::string prefix(length, 'p');
    nft(support::log_udp(9, length == 0 ? "group 5" : "prefix \"" + prefix + "\" group 5"));
    const auto capture = support::started({5});
    Sender(9).send(1);
    CHECK(next(capture)->prefix == prefix);
}

TEST_CASE("the snaplen cuts the payload but not the wire length")
{
    const auto family = GENERATE(Family::ipv4, Family::ipv6);
    const std::uint32_t header = family == Family::ipv4 ? udp_over_ipv4 : udp_over_ipv6;
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), 60) == 0);
    support::start(capture);
    Sender(9, family).send(1, 1000);
    const nflogcap_packet* packet = next(capture);
    CHECK(packet->payload_length == 60);
    CHECK(packet->wire_length == header + 1000);
}

TEST_CASE("with a snaplen of 0, a packet has only metadata")
{
    const Namespace ns;
    nft(support::log_udp(9, "prefix \"meta\" group 5"));
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), 0) == 0);
    support::start(capture);
    Sender(9).send(2, 1000);
    for (std::uint32_t seq = 0; seq < 2; ++seq) {
        const nflogcap_packet* packet = next(capture);
        CHECK(packet->seq == seq);
        CHECK((packet->present & NFLOGCAP_HAS_PAYLOAD) == 0);
        CHECK(packet->payload == nullptr);
        CHECK(packet->payload_length == 0);
        CHECK(std::string(packet->prefix) == "meta");
    }
}

TEST_CASE("a packet of 65507 bytes of UDP is delivered up to the default snaplen")
{
    constexpr std::uint32_t max_udp = 65507;
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    Sender(9).send(20, max_udp);
    for (int i = 0; i < 20; ++i) {
        const nflogcap_packet* packet = next(capture);
        CHECK(packet->payload_length == 65528); // the default snaplen
        CHECK(packet->wire_length == udp_over_ipv4 + max_udp);
    }
    CHECK(support::stats_of(capture).lost == 0);
}

TEST_CASE("a clone keeps its packet after the handle is freed")
{
    const Namespace ns;
    nft(support::log_udp(9, "prefix \"kept\" group 5"));
    auto capture = support::started({5});
    Sender(9).send(1, 32);
    const nflogcap_packet* packet = next(capture);
    const std::vector<std::uint8_t> payload(packet->payload,
                                            packet->payload + packet->payload_length);
    nflogcap_packet* clone = nflogcap_packet_clone(packet);
    REQUIRE(clone != nullptr);
    capture.reset();
    CHECK(std::string(clone->prefix) == "kept");
    CHECK(std::vector<std::uint8_t>(clone->payload, clone->payload + clone->payload_length) ==
          payload);
    CHECK(clone->hw_header_length == 14);
    CHECK(clone->hw_header[12] == 0x08); // the EtherType of loopback's Ethernet header
    std::size_t length = 0;
    const void* prefix = nflogcap_packet_attribute(clone, NFULA_PREFIX, &length);
    REQUIRE(prefix != nullptr);
    CHECK(std::string(static_cast<const char*>(prefix), length) == std::string("kept", 5));
    nflogcap_packet_free(clone);
}

TEST_CASE("the frame consists of the link-layer header and the payload")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    Sender(9).send(1, 32);
    const nflogcap_packet* packet = next(capture);
    const int length = nflogcap_packet_frame(packet, nullptr, 0);
    REQUIRE(length == 14 + static_cast<int>(packet->payload_length));
    std::vector<std::uint8_t> frame(static_cast<std::size_t>(length));
    CHECK(nflogcap_packet_frame(packet, frame.data(), frame.size()) == length);
    CHECK(std::memcmp(frame.data(), packet->hw_header, 14) == 0);
    CHECK(std::memcmp(frame.data() + 14, packet->payload, packet->payload_length) == 0);
}

TEST_CASE("next_batch returns packets of one batch, each once and in order")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    constexpr std::uint32_t sent = 1000;
    Sender(9).send(sent);
    const std::size_t capacity = GENERATE(1U, 7U, 4096U);
    std::vector<const nflogcap_packet*> packets(capacity);
    std::uint32_t expected = 0;
    while (expected < sent) {
        const int n = nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 2000);
        REQUIRE(n >= 1);
        REQUIRE(static_cast<std::size_t>(n) <= capacity);
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
            REQUIRE(packets[i]->seq == expected++);
    }
    CHECK(nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 0) == 0);
    CHECK(support::stats_of(capture).delivered == sent);
}

TEST_CASE("with two groups on one handle each packet has its group, and each group its counters")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5") + support::log_udp(10, "group 65535"));
    const auto capture = support::started({65535, 5});
    Sender nine(9);
    Sender ten(10);
    for (int i = 0; i < 10; ++i) {
        nine.send(3);
        ten.send(2);
    }
    std::uint64_t of_five = 0;
    for (int i = 0; i < 50; ++i) {
        const nflogcap_packet* packet = next(capture);
        const int port = packet->payload[22] << 8 | packet->payload[23];
        CHECK(packet->group == (port == 9 ? 5 : 65535));
        of_five += packet->group == 5 ? 1 : 0;
    }
    CHECK(of_five == 30);
    CHECK(support::stats_of(capture, 5).received == 30);
    CHECK(support::stats_of(capture, 65535).received == 20);
    CHECK(support::stats_of(capture).received == 50);
    nflogcap_stats other{};
    CHECK(nflogcap_get_group_stats(capture.get(), 6, &other, sizeof other) == -ENOENT);
}

TEST_CASE("immediate delivery sends each packet in a batch of its own")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == 0);
    support::start(capture);
    Sender(9).send(10);
    for (int i = 0; i < 10; ++i)
        next(capture);
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.batches == 10);
    CHECK(stats.delivery == NFLOGCAP_IMMEDIATE);
}

TEST_CASE("packets that an iptables rule logs are captured like those of an nft rule")
{
    const Namespace ns;
    if (std::system("PATH=$PATH:/usr/sbin:/sbin iptables -t raw -A PREROUTING -p udp --dport 9 "
                    "-j NFLOG --nflog-group 5 --nflog-prefix tables") != 0)
        FAIL("iptables could not add a rule (package iptables)");
    const auto capture = support::started({5});
    Sender(9).send(1);
    CHECK(std::string(next(capture)->prefix) == "tables");
}
