// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"

#include "headers.hpp"

#include "catch.hpp"
#include "fields.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

using namespace headers;
using logged::Logged;

namespace {

Bytes source(const nflogcap_dissection& found)
{
    return {found.source, found.source + found.address_length};
}

Bytes destination(const nflogcap_dissection& found)
{
    return {found.destination, found.destination + found.address_length};
}

std::vector<std::uint16_t> vlan_ids(const nflogcap_dissection& found)
{
    return {found.vlan_ids, found.vlan_ids + found.vlan_count};
}

nflogcap_dissection dissect(const Sample& sample)
{
    const Logged logged(sample.family, sample.hook, sample.hw_protocol,
                        logged::join({sample.payload}));
    return nflog::dissect(logged.packet);
}

nflogcap_dissection dissect(const std::string& name)
{
    const auto all = samples();
    const auto found = std::ranges::find(all, name, &Sample::name);
    REQUIRE(found != all.end());
    return dissect(*found);
}

nflogcap_dissection dissect_ipv4(Bytes payload)
{
    return dissect(Sample{"", NFPROTO_IPV4, 0, ETH_P_IP, std::move(payload)});
}

nflogcap_dissection dissect_ipv6(Bytes payload)
{
    return dissect(Sample{"", NFPROTO_IPV6, 0, ETH_P_IPV6, std::move(payload)});
}

constexpr std::uint32_t ip_only = NFLOGCAP_KNOWS_ADDRESSES | NFLOGCAP_KNOWS_PROTOCOL;
constexpr std::uint32_t ports = ip_only | NFLOGCAP_KNOWS_PORTS;

} // namespace

TEST_CASE("UDP over IPv4 has addresses, ports and offsets")
{
    const auto found = dissect("ipv4-udp");
    CHECK(found.known == ports);
    CHECK(found.ether_type == ETH_P_IP);
    CHECK(found.ip_version == 4);
    CHECK(found.protocol == IPPROTO_UDP);
    CHECK(source(found) == source4);
    CHECK(destination(found) == destination4);
    CHECK(found.source_port == 5000);
    CHECK(found.destination_port == 53);
    CHECK(found.network_offset == 0);
    CHECK(found.transport_offset == 20);
}

TEST_CASE("the flags of TCP are read")
{
    const auto found = dissect("ipv4-tcp");
    CHECK(found.known == (ports | NFLOGCAP_KNOWS_TCP_FLAGS));
    CHECK(found.tcp_flags == 0x12);
    CHECK(found.destination_port == 443);
}

TEST_CASE("the ports are found after options of IPv4")
{
    Bytes payload = ipv4(IPPROTO_UDP, join({Bytes(8), udp()}));
    payload[0] = 0x47; // 7 words of header
    CHECK(dissect_ipv4(payload).transport_offset == 28);
    CHECK(dissect_ipv4(payload).destination_port == 53);
}

TEST_CASE("an echo has an identifier and a sequence number, other ICMP does not")
{
    for (const char* name : {"ipv4-icmp-echo", "ipv6-icmp-echo"}) {
        CAPTURE(name);
        const auto echo = dissect(std::string(name));
        CHECK(echo.known == (ip_only | NFLOGCAP_KNOWS_ICMP | NFLOGCAP_KNOWS_ECHO));
        CHECK(echo.echo_id == 0x0102);
        CHECK(echo.echo_sequence == 7);
    }
    const auto unreachable = dissect("ipv4-icmp-unreachable");
    CHECK(unreachable.known == (ip_only | NFLOGCAP_KNOWS_ICMP));
    CHECK(unreachable.icmp_type == 3);
    CHECK(unreachable.icmp_code == 3);
}

TEST_CASE("the first fragment has ports, later fragments have none")
{
    const auto first = dissect("ipv4-first-fragment");
    CHECK(first.known == (ports | NFLOGCAP_KNOWS_FRAGMENT));
    CHECK(first.fragment_id == 0x1234);
    CHECK(first.fragment_offset == 0);
    CHECK(first.more_fragments == 1);

    const auto last = dissect("ipv4-last-fragment");
    CHECK(last.known == (ip_only | NFLOGCAP_KNOWS_FRAGMENT));
    CHECK(last.fragment_offset == 1480);
    CHECK(last.more_fragments == 0);
    CHECK(last.transport_offset == 0);

    const auto last6 = dissect("ipv6-last-fragment");
    CHECK(last6.known == (ip_only | NFLOGCAP_KNOWS_FRAGMENT));
    CHECK(last6.fragment_id == 0x00011234);
    CHECK(last6.fragment_offset == 1448);
    CHECK(last6.protocol == IPPROTO_UDP);
}

TEST_CASE("the protocol of a later fragment is unknown if extension headers are in the first")
{
    const auto found = dissect("ipv6-later-fragment-of-options");
    CHECK(found.known == (NFLOGCAP_KNOWS_ADDRESSES | NFLOGCAP_KNOWS_FRAGMENT));
    CHECK(found.ip_version == 6);
    CHECK(found.more_fragments == 1);
}

TEST_CASE("if there are several fragment headers, the outermost one counts")
{
    const Bytes inner = fragment_header(IPPROTO_UDP, {0, true, 2}, udp());
    const auto found = dissect_ipv6(
        ipv6(IPPROTO_FRAGMENT, fragment_header(IPPROTO_FRAGMENT, {0, false, 1}, inner)));
    CHECK(found.fragment_id == 0x00010001);
    CHECK(found.more_fragments == 0);
    CHECK(found.destination_port == 53);
}

TEST_CASE("the ports are found after all extension headers of IPv6")
{
    const auto found = dissect("ipv6-all-extensions");
    CHECK(found.known == (ports | NFLOGCAP_KNOWS_TCP_FLAGS | NFLOGCAP_KNOWS_FRAGMENT));
    CHECK(found.ip_version == 6);
    CHECK(source(found) == source6);
    CHECK(destination(found) == destination6);
    CHECK(found.protocol == IPPROTO_TCP);
    CHECK(found.tcp_flags == 2);
    CHECK(found.transport_offset == 40 + 8 + 8 + 24 + 8 + 24 + 8 + 8 + 8 + 8);
}

TEST_CASE("a jumbogram is read to the end of its payload")
{
    Bytes packet = ipv6(IPPROTO_HOPOPTS, extension(IPPROTO_UDP, udp()));
    packet[4] = packet[5] = 0;                       // the length is in the option
    const Bytes jumbo = {0xc2, 4, 0, 1, 0x11, 0x70}; // 70,000
    std::ranges::copy(jumbo, packet.begin() + 42);
    CHECK(dissect_ipv6(packet).known == ports);
    CHECK(dissect_ipv6(packet).destination_port == 53);
}

TEST_CASE("a packet that segmentation offload has not yet split is read to the end of its payload")
{
    Bytes packet = ipv4(IPPROTO_UDP, udp());
    packet[2] = packet[3] = 0;
    CHECK(dissect_ipv4(packet).destination_port == 53);
}

TEST_CASE("padding after the IP packet is not read")
{
    const auto found = dissect("ipv4-padded");
    CHECK(found.known == ip_only);
    CHECK(found.transport_offset == 0);
    CHECK(dissect_ipv6(join({ipv6(IPPROTO_UDP, Bytes(2)), Bytes(20, 1)})).known == ip_only);
}

TEST_CASE("the content of tunnels is not dissected")
{
    const auto found = dissect("ipv4-gre");
    CHECK(found.known == ip_only);
    CHECK(found.protocol == IPPROTO_GRE);
    CHECK(found.transport_offset == 20);
}

TEST_CASE("the version distinguishes IPv4 and IPv6 if the EtherType is unknown")
{
    CHECK(dissect("ipv4-unknown-ethertype").destination_port == 53);
    CHECK(dissect("ipv4-unknown-ethertype").ether_type == ETH_P_IP);
    const Sample ipv6_raw = {"", NFPROTO_IPV6, 0, 0, ipv6(IPPROTO_UDP, udp())};
    CHECK(dissect(ipv6_raw).ether_type == ETH_P_IPV6);
    CHECK(dissect(ipv6_raw).known == ports);
    const Sample neither = {"", NFPROTO_IPV4, 0, 0, Bytes(40, 0x77)};
    CHECK(dissect(neither).known == 0);
    CHECK(dissect(neither).ether_type == 0);
}

TEST_CASE("layer 3 is found after any stack of VLAN tags")
{
    const auto bridged = dissect("bridge-802.1ad-802.1q");
    CHECK(bridged.known == (ports | NFLOGCAP_KNOWS_VLAN));
    CHECK(vlan_ids(bridged) == std::vector<std::uint16_t>{100, 200});
    CHECK(bridged.network_offset == 8);
    CHECK(bridged.ether_type == ETH_P_IPV6);
    CHECK(bridged.transport_offset == 48);

    const auto nine = dissect("netdev-egress-nine-tags");
    CHECK(nine.known == (ports | NFLOGCAP_KNOWS_VLAN));
    CHECK(vlan_ids(nine) == std::vector<std::uint16_t>{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(nine.network_offset == 14 + 9 * 4);
    CHECK(nine.destination_port == 53);
}

TEST_CASE("the VLAN tag beside the frame counts as the outermost")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_8021Q,
                  vlan(200, ETH_P_IP, ipv4(IPPROTO_UDP, udp())));
    logged.l2(ethernet(ETH_P_8021Q, {})).vlan(ETH_P_8021AD, 0x6064);
    const auto found = nflog::dissect(logged.packet);
    CHECK(vlan_ids(found) == std::vector<std::uint16_t>{100, 200});
    CHECK(found.destination_port == 53);
}

TEST_CASE("a VLAN tag that is in the payload and in the kernel's copy of the header counts once")
{
    const Bytes payload = vlan(200, ETH_P_IP, ipv4(IPPROTO_UDP, udp()));
    Logged logged(NFPROTO_BRIDGE, NF_INET_LOCAL_OUT, ETH_P_8021Q, payload);
    logged.l2(ethernet(ETH_P_8021Q, {payload.begin(), payload.begin() + 4}));
    CHECK(vlan_ids(nflog::dissect(logged.packet)) == std::vector<std::uint16_t>{200});
}

TEST_CASE("a VLAN tag that is only in the link-layer header is read")
{
    Logged logged(NFPROTO_NETDEV, logged::netdev_ingress, ETH_P_IP, ipv4(IPPROTO_UDP, udp()));
    logged.l2(ethernet(ETH_P_8021Q, vlan(300, ETH_P_IP, {})));
    CHECK(vlan_ids(nflog::dissect(logged.packet)) == std::vector<std::uint16_t>{300});
    logged.packet.present |=
        NFLOGCAP_HAS_HW_TYPE; // a header of another device type is not read as Ethernet
    logged.packet.hw_type = 32;
    CHECK(vlan_ids(nflog::dissect(logged.packet)).empty());
}

TEST_CASE("ARP has the addresses of its sender and target, and an operation")
{
    for (const auto& [name, operation, offset] :
         {std::tuple{"arp-input-request", 1, 0U}, {"arp-output-reply", 2, 14U}}) {
        CAPTURE(name);
        const auto found = dissect(std::string(name));
        CHECK(found.known == (NFLOGCAP_KNOWS_ADDRESSES | NFLOGCAP_KNOWS_ARP));
        CHECK(found.ether_type == ETH_P_ARP);
        CHECK(found.ip_version == 0);
        CHECK(source(found) == source4);
        CHECK(destination(found) == destination4);
        CHECK(found.arp_operation == operation);
        CHECK(found.network_offset == offset);
    }
}

TEST_CASE("ARP of hardware with longer addresses is read too")
{
    const Bytes infiniband =
        join({{0, 32, 8, 0, 20, 4, 0, 1}, Bytes(20, 9), source4, Bytes(20), destination4});
    const auto found = dissect(Sample{"", NFPROTO_ARP, logged::arp_in, ETH_P_ARP, infiniband});
    CHECK(source(found) == source4);
    CHECK(destination(found) == destination4);
    Bytes appletalk = arp(3);
    appletalk[2] = 0x80;
    appletalk[3] = 0x9b;
    CHECK(dissect(Sample{"", NFPROTO_ARP, logged::arp_in, ETH_P_ARP, appletalk}).known ==
          NFLOGCAP_KNOWS_ARP);
}

TEST_CASE("an IPv4 header that is shorter than the minimum is not read")
{
    Bytes packet = ipv4(IPPROTO_UDP, udp());
    packet[0] = 0x44;
    CHECK(dissect_ipv4(packet).known == 0);
    CHECK(dissect_ipv4(packet).ip_version == 0);
}

TEST_CASE("a cut payload gives fewer fields, but never different ones")
{
    for (const Sample& sample : samples()) {
        const auto whole = dissect(sample);
        for (std::size_t cut = 0; cut < sample.payload.size(); ++cut) {
            CAPTURE(sample.name, cut);
            Sample shorter = sample;
            shorter.payload.resize(cut);
            const auto found = dissect(shorter);
            CHECK((found.known & ~whole.known) == 0);
            for (const nflogcap_field& field : nflog::fields()) {
                if (field.is_dissected == 0 || field.kind != NFLOGCAP_INTEGER)
                    continue;
                CAPTURE(field.name);
                const auto bytes = [&](const nflogcap_dissection& from) {
                    const auto* at = reinterpret_cast<const std::uint8_t*>(&from) + field.offset;
                    return Bytes(at, at + field.size);
                };
                CHECK((bytes(found) == bytes(whole) || bytes(found) == Bytes(field.size)));
            }
        }
    }
}
