// SPDX-License-Identifier: GPL-2.0-or-later
// Applies filters to any packets. The expressions consist of words of pcap-filter(7), and need not
// be valid. Each expression is compiled only once, because filtering is much faster than compiling.
#include "attributes.hpp"
#include "error.hpp"
#include "libfuzzer.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "packet_filter.hpp"
#include "packet_parser.hpp"

#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <string>

using fuzz::must;
using nflog::PacketFilter;

namespace {

// None of these words is a name that libpcap would have to look up, such as a host name.
constexpr auto words = std::to_array<const char*>({"udp",
                                                   "tcp",
                                                   "icmp",
                                                   "icmp6",
                                                   "ip",
                                                   "ip6",
                                                   "arp",
                                                   "vlan",
                                                   "vlan 5",
                                                   "and",
                                                   "or",
                                                   "not",
                                                   "(",
                                                   ")",
                                                   "src",
                                                   "dst",
                                                   "host 10.0.0.1",
                                                   "host fd00::1",
                                                   "net 10.0.0.0/8",
                                                   "net fd00::/16",
                                                   "port 53",
                                                   "portrange 1-1024",
                                                   "proto 17",
                                                   "ip proto 6",
                                                   "ip6 proto 17",
                                                   "ether",
                                                   "ether[0]",
                                                   "ether host 02:00:00:00:00:a0",
                                                   "ether proto 0x0806",
                                                   "broadcast",
                                                   "multicast",
                                                   "inbound",
                                                   "len",
                                                   "greater 100",
                                                   "less 60",
                                                   "ip[0]",
                                                   "ip[2:2]",
                                                   "ip6[4:2]",
                                                   "udp[0:2]",
                                                   "tcp[13]",
                                                   "tcp[",
                                                   "]",
                                                   ":",
                                                   "=",
                                                   "!=",
                                                   ">=",
                                                   "<",
                                                   "&",
                                                   "+",
                                                   "*",
                                                   "/",
                                                   "<<",
                                                   "0",
                                                   "1",
                                                   "20",
                                                   "0x0f",
                                                   "53",
                                                   "65531",
                                                   "udp port 53",
                                                   "tcp[13] & 2 != 0",
                                                   "ip[0] & 0xf > 5",
                                                   "len > 100",
                                                   "ip protochain 6",
                                                   "ip6 protochain 17"});

constexpr const char* usual = "udp port 53";

std::string expression_of(std::span<const std::byte> value)
{
    constexpr std::size_t most = 12;
    std::string expression;
    for (const std::byte byte : value.first(std::min(value.size(), most)))
        expression += std::string(expression.empty() ? "" : " ") +
                      words[std::to_integer<std::size_t>(byte) % words.size()];
    return expression.empty() ? usual : expression;
}

std::unique_ptr<PacketFilter> compile(const std::string& expression)
{
    try {
        return std::make_unique<PacketFilter>(expression);
    } catch (const nflog::Error& refusal) {
        must(refusal.code() == EINVAL, "an expression is refused as invalid");
        must(std::string(refusal.what()).find(expression) != std::string::npos,
             "a refusal names its expression");
        return nullptr;
    }
}

// The filters of an expression and of its negation; absent if the expression is invalid.
struct Pair {
    std::unique_ptr<PacketFilter> filter;
    std::unique_ptr<PacketFilter> opposite;
};

const Pair& filters_of(const std::string& expression)
{
    constexpr std::size_t most = 1000;
    static std::map<std::string, Pair> compiled;
    if (compiled.size() > most)
        compiled.clear();
    const auto [at, is_new] = compiled.try_emplace(expression);
    if (is_new)
        at->second = {compile(expression), compile("not (" + expression + ")")};
    return at->second;
}

void check_packet(std::span<const std::byte> message, const nflogcap_packet& packet)
{
    static PacketFilter shorter("less 100");
    static PacketFilter longer("greater 101");
    must(shorter.accepts(packet) != longer.accepts(packet), "a packet has one length");

    const std::string expression =
        expression_of(nflog::find_attribute(message, fuzz::expression_attribute));
    const Pair& pair = filters_of(expression);
    if (!pair.filter)
        return;
    const bool accepted = pair.filter->accepts(packet);
    must(accepted == pair.filter->accepts(packet), "a filter accepts a packet every time");
    must(!accepted || !pair.opposite || !pair.opposite->accepts(packet),
         "a packet is not accepted by a filter and by its negation");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::each_message(std::as_bytes(std::span(data, size)), [&](std::span<const std::byte> whole) {
        const auto message = fuzz::body_of(whole);
        nflogcap_packet packet;
        if (nflog::parse_packet(message, packet))
            check_packet(message, packet);
    });
    return 0;
}
