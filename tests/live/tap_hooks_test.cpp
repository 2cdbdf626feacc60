// SPDX-License-Identifier: GPL-2.0-or-later
// Which packets pass the hooks of taps. Taps do not change these packets.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "tapping.hpp"
#include "topology.hpp"
#include "traffic.hpp"
#include "wire.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using live::rest_of;
using live::ruleset;
using live::started;
using live::tapping;
using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;
using support::start;
using support::Topology;
using support::Visit;

namespace {

// Sends one datagram from a place to an IPv4 or IPv6 address.
void send_from(const support::Place& place, const std::string& address, std::uint16_t port)
{
    const Visit visit(place);
    sockaddr_storage to{};
    socklen_t length = sizeof(sockaddr_in);
    auto& to4 = reinterpret_cast<sockaddr_in&>(to);
    if (inet_pton(AF_INET, address.c_str(), &to4.sin_addr) == 1) {
        to4.sin_family = AF_INET;
        to4.sin_port = htons(port);
    } else {
        auto& to6 = reinterpret_cast<sockaddr_in6&>(to);
        REQUIRE(inet_pton(AF_INET6, address.c_str(), &to6.sin6_addr) == 1);
        to6.sin6_family = AF_INET6;
        to6.sin6_port = htons(port);
        length = sizeof to6;
    }
    const int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(fd >= 0);
    CHECK(sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), length) == 1);
    close(fd);
}

} // namespace

TEST_CASE("each hook taps the packets that pass it, of IPv4 and IPv6", "[taps]")
{
    const Topology topology(Topology::Form::routed);
    struct Place {
        const char* hook;
        const support::Place& sender;
        const char* to_ipv4;
        const char* to_ipv6;
        int hook_number;
    };
    const std::array<Place, 6> places = {{
        {"prerouting", topology.a, Topology::b_ipv4, Topology::b_ipv6, 0},
        {"input", topology.a, Topology::middle_ipv4, Topology::middle_ipv6, 1},
        {"forward", topology.a, Topology::b_ipv4, Topology::b_ipv6, 2},
        {"output", topology.middle, Topology::b_ipv4, Topology::b_ipv6, 3},
        {"postrouting", topology.a, Topology::b_ipv4, Topology::b_ipv6, 4},
        {"ingress:ra", topology.a, Topology::b_ipv4, Topology::b_ipv6, 0},
    }};
    for (const Place& place : places) {
        DYNAMIC_SECTION(place.hook)
        {
            Handle capture;
            {
                const Visit visit(topology.middle);
                capture = started({{place.hook, "udp dport 9"}});
            }
            send_from(place.sender, place.to_ipv4, 9);
            send_from(place.sender, place.to_ipv6, 9);
            send_from(place.sender, place.to_ipv4, 10);
            nflogcap_stop(capture.get());
            const nflogcap_packet* packet = nullptr;
            std::vector<int> families;
            int outcome = 0;
            while ((outcome = nflogcap_next(capture.get(), &packet, -1)) == 1) {
                families.push_back(packet->family);
                CHECK(packet->hook == place.hook_number);
                CHECK(packet->group == 65535);
                CHECK(packet->payload_length == packet->wire_length);
            }
            CHECK(outcome == -ENODATA);
            const bool is_at_ingress = place.hook == std::string("ingress:ra");
            CHECK(families == (is_at_ingress ? std::vector<int>{5, 5} : std::vector<int>{2, 10}));
        }
    }
}

TEST_CASE("without a hook a tap captures received and sent packets, each once", "[taps]")
{
    const Topology topology(Topology::Form::routed);
    Handle capture;
    {
        const Visit visit(topology.middle);
        capture = started({{nullptr, "udp dport 9"}});
    }
    send_from(topology.a, Topology::b_ipv4, 9);      // forwarded
    send_from(topology.a, Topology::middle_ipv6, 9); // for this host
    send_from(topology.middle, Topology::b_ipv6, 9); // of this host
    CHECK(rest_of(capture) == 3);
}

TEST_CASE("a packet is tapped before a rule drops or changes it", "[taps]")
{
    const Namespace ns;
    nft("table inet filter {\n chain in {\n type filter hook prerouting priority mangle\n"
        "  udp dport 9 drop\n }\n}\n");
    const Handle capture = started({{"prerouting", "udp dport 9"}, {"prerouting", "ct state new"}});
    Sender(9).send(10);
    CHECK(rest_of(capture) == 20); // both taps match each packet
}

TEST_CASE(
    "a tap without a match logs all packets, and its rule does not change the group's settings",
    "[taps]")
{
    const Namespace ns;
    const char* everything = GENERATE(static_cast<const char*>(nullptr), "");
    const Handle capture = tapping({{"output", everything}}, {5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), 30) == 0);
    start(capture);
    Sender(9).send(100, 64); // ICMP errors follow, up to the kernel's limit
    nflogcap_stop(capture.get());
    const nflogcap_packet* packet = nullptr;
    std::uint64_t packets = 0;
    while (nflogcap_next(capture.get(), &packet, -1) == 1) {
        ++packets;
        CHECK(packet->payload_length == 30);
        CHECK(packet->wire_length > 64);
        CHECK(std::string(packet->prefix).empty());
    }
    CHECK(packets >= 100);
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.batches < 20); // the kernel gathered the packets
    CHECK(stats.lost == 0);
}

TEST_CASE("a tap at ingress ignores packets with headers that the kernel cannot follow", "[taps]")
{
    live::Bytes damaged = live::udp_packet(9, "damaged");
    damaged.at(0) = 0x41; // an IPv4 header of 4 bytes, which a bridge forwards
    const auto carried = [](Topology::Form form, const std::vector<live::Bytes>& packets) {
        const live::Wire wire(form);
        CHECK(wire.carry(packets) == packets);
        const Visit visit(wire.middle());
        const Handle ingress = started({{"ingress:ra", "udp dport 10"}, {"ingress:ra", nullptr}});
        CHECK(wire.carry(packets) == packets);
        CHECK(rest_of(ingress) >= packets.size());
    };
    carried(Topology::Form::bridged, {live::udp_packet(9, "sound"), damaged});
    const live::Wire wire(Topology::Form::routed);
    const std::vector<live::Bytes> packets = live::headers_without_end();
    const std::vector<live::Bytes> routed = wire.carry(packets);
    CHECK(routed.size() == packets.size());
    const Visit visit(wire.middle());
    const Handle ingress = started({{"ingress:ra", "udp dport 10"}});
    CHECK(wire.carry(packets) == routed);
}

TEST_CASE("taps at ingress and at other hooks work together", "[taps]")
{
    const Namespace ns;
    const Handle capture = started({{"ingress:lo", "ip"}, {"output", "ip"}, {"ingress:lo", "ip6"}});
    Sender(9).send(2);
    CHECK(rest_of(capture) >= 4);
    CHECK(ruleset().empty());
}

TEST_CASE("taps are added in the network namespace of the capture", "[taps]")
{
    std::string path;
    int fd = -1;
    std::unique_ptr<Sender> sender;
    {
        const Namespace there;
        REQUIRE(std::system("ip link add only_there type veth") == 0);
        fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
        REQUIRE(fd >= 0);
        sender = std::make_unique<Sender>(9);
    }
    const Namespace here;
    const Handle capture = tapping({{"output", "udp dport 9"}, {"ingress:only_there", nullptr}});
    REQUIRE(nflogcap_set_netns(capture.get(), ("/proc/self/fd/" + std::to_string(fd)).c_str()) ==
            0);
    start(capture);
    CHECK(ruleset().empty());
    sender->send(3);
    CHECK(rest_of(capture) == 3);
    close(fd);
}
