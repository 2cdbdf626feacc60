// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nflogcap.h>
#include <span>
#include <string>
#include <vector>

struct bpf_program;

namespace nflog {

// A filter expression of pcap-filter(7), compiled by libpcap and run on packets.
//
// Most expressions are about layer 3 and above. They are compiled for raw IP, and run on the part
// of the payload that starts at layer 3. libpcap cannot compile an expression about the link layer
// ("ether host", "vlan") for raw IP. It is compiled for Ethernet, and run on the packet's frame.
//
// A packet that is not IP is always matched by a program for Ethernet. If the expression is not
// about the link layer, an Ethernet header that contains only the EtherType of layer 3 replaces the
// packet's own header. Therefore "arp" also matches ARP after a VLAN tag, as "ip" also matches IP
// after one.
class PacketFilter {
public:
    // Throws Error with libpcap's message if the expression does not compile.
    explicit PacketFilter(const std::string& expression);

    // An expression about bytes that the snaplen cut off does not match. The value of "len"
    // includes these bytes.
    bool accepts(const nflogcap_packet& packet) noexcept;

private:
    struct Free {
        void operator()(bpf_program* program) const noexcept;
    };
    using Program = std::unique_ptr<bpf_program, Free>;

    static Program compile(int link_type, const std::string& expression, bool optimise,
                           std::string& why);
    [[nodiscard]] std::span<const std::uint8_t> frame(std::size_t length) const noexcept;

    Program ip_;       // for raw IP; absent if no IP packet can match
    Program ethernet_; // absent if only IP packets can match
    bool link_layer_;  // whether the expression is about the link layer
    std::vector<std::uint8_t> frame_;
};

// Returns nullptr if the expression is nullptr or empty, because then all packets are accepted.
std::unique_ptr<PacketFilter> compiled_filter(const char* expression);

} // namespace nflog
