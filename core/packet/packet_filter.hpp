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
// Most expressions are about layer 3 and above. They are compiled for raw IP, and run on the
// payload from layer 3 on, wherever that begins. libpcap cannot compile an expression about the
// link layer ("ether host", "vlan") for raw IP: it is compiled for Ethernet, and run on the
// packet's frame. Packets that are not IP are always matched by a program for Ethernet; if the
// expression is not about the link layer, their header is replaced by one that contains only the
// EtherType of layer 3, so that "arp" matches ARP after a VLAN tag too, as "ip" matches IP there.
class PacketFilter {
public:
    // Throws Error with libpcap's message if the expression does not compile.
    explicit PacketFilter(const std::string& expression);

    // Bytes that the snaplen cut off match nothing; "len" includes them.
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
    bool link_layer_;  // whether the expression is about it
    std::vector<std::uint8_t> frame_;
};

// nullptr for no or an empty expression: all packets are accepted.
std::unique_ptr<PacketFilter> compiled_filter(const char* expression);

} // namespace nflog
