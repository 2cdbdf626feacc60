// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the length of the delivered payload, and of the original length of the packet.
#include "capture.hpp"
#include "catch.hpp"
#include "on_this_kernel.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace attributes {

namespace {

using support::Family;
using support::Topology;

constexpr std::uint32_t snaplen = 64;

// Returns the length of the scenario's whole payload.
std::uint32_t length(const Scenario& scenario)
{
    constexpr std::uint32_t arp = 28;
    constexpr std::uint32_t udp = 8;
    const std::uint32_t ip = scenario.version == Family::ipv4 ? 20 : 40;
    const std::uint32_t packet = scenario.traffic == Traffic::arp
                                     ? arp
                                     : ip + udp + static_cast<std::uint32_t>(data().size());
    return packet + (scenario.ethernet ? static_cast<std::uint32_t>(ethernet_header) : 0);
}

struct Extensions {
    const char* name;
    std::uint8_t first_header;
    Bytes headers;
};

const std::vector<Extensions> extensions = {
    {"hop-by-hop options", IPPROTO_HOPOPTS, ipv6_options(IPPROTO_UDP)},
    {"destination options", IPPROTO_DSTOPTS, ipv6_options(IPPROTO_UDP)},
    {"a fragment header", IPPROTO_FRAGMENT, ipv6_fragment(IPPROTO_UDP)},
    {"all three", IPPROTO_HOPOPTS,
     ipv6_options(IPPROTO_DSTOPTS) + ipv6_options(IPPROTO_FRAGMENT) + ipv6_fragment(IPPROTO_UDP)},
};

// Sends this many bytes by TCP to port 5201 of the loopback interface. The kernel chooses the
// length of the segments.
void send_bulk(Family family, std::size_t bytes)
{
    const bool ipv4 = family == Family::ipv4;
    constexpr std::uint16_t port = 5201;
    sockaddr_in6 to_ipv6{};
    to_ipv6.sin6_family = AF_INET6;
    to_ipv6.sin6_port = htons(port);
    to_ipv6.sin6_addr = in6addr_loopback;
    sockaddr_in to_ipv4{};
    to_ipv4.sin_family = AF_INET;
    to_ipv4.sin_port = htons(port);
    to_ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* to = ipv4 ? reinterpret_cast<const sockaddr*>(&to_ipv4)
                          : reinterpret_cast<const sockaddr*>(&to_ipv6);
    const socklen_t size = ipv4 ? sizeof to_ipv4 : sizeof to_ipv6;
    const int listener = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(bind(listener, to, size) == 0);
    REQUIRE(listen(listener, 1) == 0);
    std::thread receiver([listener] {
        const int connection = accept(listener, nullptr, nullptr);
        Bytes buffer(1U << 20U);
        while (read(connection, buffer.data(), buffer.size()) > 0) {
        }
        close(connection);
    });
    const int sender = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_connected = connect(sender, to, size) == 0;
    const Bytes data(1U << 20U);
    for (std::size_t sent = 0; is_connected && sent < bytes;) {
        const ssize_t written = send(sender, data.data(), std::min(data.size(), bytes - sent), 0);
        if (written <= 0)
            break;
        sent += static_cast<std::size_t>(written);
    }
    shutdown(sender, SHUT_WR);
    receiver.join();
    close(sender);
    close(listener);
    REQUIRE(is_connected);
}

struct Bulk {
    std::uint64_t end = 0;    // offset after the TCP data in all packets so far
    std::size_t over_64k = 0; // packets with a known length of more than 64 KiB
    std::size_t unknown = 0;  // packets with an unknown length
};

// Reads all packets of the connection. A packet begins at the end of the previous one, or earlier
// if TCP sends data again. If all lengths are correct, `end` reaches the end of the data.
Bulk captured(const support::Handle& capture)
{
    Bulk bulk;
    std::uint32_t first = 0;
    const nflogcap_packet* packet = nullptr;
    while (nflogcap_next(capture.get(), &packet, 500) == 1) {
        const bool is_known = (packet->present & NFLOGCAP_HAS_WIRE_LENGTH) != 0;
        if (is_known)
            bulk.over_64k += packet->wire_length > 65535 ? 1 : 0;
        else
            ++bulk.unknown;
        CHECK((is_known || packet->wire_length == packet->payload_length));
        nflogcap_dissection found;
        REQUIRE(nflogcap_dissect(packet, &found, sizeof found) == 0);
        const std::uint8_t* tcp = packet->payload + found.transport_offset;
        // The upper half of this byte of the TCP header is the length of the header in words.
        constexpr std::size_t data_offset = 12;
        const std::uint32_t header = tcp[data_offset] / 16 * 4U;
        std::uint32_t sequence = 0;
        std::memcpy(&sequence, tcp + 4, sizeof sequence);
        sequence = ntohl(sequence);
        if ((found.tcp_flags & TH_SYN) != 0) {
            first = sequence + 1;
            continue;
        }
        const std::uint32_t begin = sequence - first;
        if (begin <= bulk.end)
            bulk.end =
                std::max<std::uint64_t>(bulk.end, std::uint64_t{begin} + packet->wire_length -
                                                      found.transport_offset - header);
    }
    return bulk;
}

} // namespace

TEST_CASE("packets of more than 64 KiB have the length in the jumbo option, or an unknown length")
{
    constexpr std::size_t bytes = 12'000'000;
    const Family family = GENERATE(Family::ipv6, Family::ipv4);
    const support::Namespace ns;
    // The kernel sends such packets on the loopback interface without a setting.
    support::nft("table inet t { chain c { type filter hook output priority 0; "
                 "tcp dport 5201 log group 5; }; }");
    const std::uint32_t snaplen = GENERATE(100U, 65528U);
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), snaplen) == 0);
    REQUIRE(nflogcap_set_socket_buffer(capture.get(), 64U << 20U) == 0);
    support::start(capture);
    send_bulk(family, bytes);
    const Bulk bulk = captured(capture);
    REQUIRE(support::stats_of(capture).lost == 0);
    on_this_kernel([&] {
        if (bulk.over_64k + bulk.unknown == 0)
            throw NotOnThisKernel("packets of over 64 KiB (BIG TCP)");
    });
    if (bulk.unknown == 0)
        CHECK(bulk.end == bytes);
    else
        CHECK(bulk.end < bytes); // the unknown lengths are lower bounds
    if (family == Family::ipv4)
        CHECK(bulk.over_64k == 0); // IPv4 has no field for such a length
}

TEST_CASE("a snaplen cuts the payload at each hook of each family, but not its wire length")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario, {.snaplen = snaplen});
        CHECK(packet->payload_length == std::min(snaplen, length(scenario)));
        CHECK(packet->wire_length == length(scenario));
    });
}

TEST_CASE("the wire length includes the extension headers of IPv6 if the payload ends within them")
{
    const std::string where = GENERATE(
        "inet prerouting: IPv6 A to B", "ip6 forward: IPv6 A to B",
        "bridge forward: IPv4 A to B, bridged", "bridge postrouting: IPv4 A to B, bridged, 802.1Q",
        "netdev ingress: IPv4 A to B", "netdev egress: IPv4 A to B, bridged, 802.1ad");
    for (const Extensions& chain : extensions) {
        DYNAMIC_SECTION(where << " with " << chain.name)
        {
            Scenario scenario = scenario_called(where);
            scenario.version = Family::ipv6;
            const Bytes sent = udp_over_ipv6(Topology::a_ipv6, Topology::b_ipv6, data(),
                                             chain.first_header, chain.headers);
            const std::uint32_t start = scenario.ethernet ? ethernet_header : 0;
            on_this_kernel([&] {
                const LoggedPacket packet(scenario, {.snaplen = start + 44, .packet = sent});
                CHECK(packet->payload_length == start + 44);
                CHECK(packet->wire_length == start + sent.size());
            });
        }
    }
}

TEST_CASE("a rule's own snaplen can cut more than the capture's, but never less")
{
    const std::string where =
        GENERATE("inet input: IPv4 A to middle", "bridge input: IPv4 A to middle, bridged",
                 "netdev egress: IPv4 middle to B");
    const Scenario& scenario = scenario_called(where);
    on_this_kernel([&] {
        const LoggedPacket less(scenario, {.snaplen = 64, .log = "snaplen 40"});
        CHECK(less->payload_length == 40);
        CHECK(less->wire_length == length(scenario));
        const LoggedPacket more(scenario, {.snaplen = 40, .log = "snaplen 64"});
        CHECK(more->payload_length == 40);
        CHECK(more->wire_length == length(scenario));
    });
}

TEST_CASE("padding after a short packet is in its frame, but not in the data given to IP")
{
    const Bytes short_packet = udp_over_ipv4(Topology::a_ipv4, Topology::b_ipv4, {7});
    const Bytes padding(ETH_ZLEN - ethernet_header - 29);
    SECTION("in the bridge and netdev families")
    {
        const std::string where =
            GENERATE("bridge forward: IPv4 A to B, bridged",
                     "bridge prerouting: IPv4 A to B, bridged, 802.1Q",
                     "netdev ingress: IPv4 A to B", "netdev egress: IPv4 A to B, bridged, 802.1Q");
        const Scenario& scenario = scenario_called(where);
        on_this_kernel([&] {
            const LoggedPacket packet(scenario, {.packet = short_packet, .padding = padding});
            CHECK(packet.frame() == packet.sent());
            CHECK(packet->wire_length == packet->payload_length);
        });
    }
    SECTION("in the arp family")
    {
        on_this_kernel([&] {
            const LoggedPacket packet(scenario_called("arp input: request of A"),
                                      {.padding = Bytes(18)});
            CHECK(packet->payload_length == 28 + 18);
            CHECK(packet.frame() == packet.sent());
        });
    }
    SECTION("in the ip family")
    {
        on_this_kernel([&] {
            const LoggedPacket packet(scenario_called("ip prerouting: IPv4 A to B"),
                                      {.packet = short_packet, .padding = padding});
            CHECK(packet.payload() == short_packet);
            CHECK(packet->wire_length == short_packet.size());
        });
    }
}

} // namespace attributes
