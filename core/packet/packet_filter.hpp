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
// Most expressions ask about layer 3 and what is above it: those are compiled as for raw IP, and
// run on the payload from layer 3 on, wherever that is. libpcap has no answer for raw IP to one
// that asks about the link layer ("ether host", "vlan"): it is compiled as for Ethernet, and run on
// the packet's frame. So is any on what is no IP, but without the frame's header, whose place takes
// one that tells the EtherType of layer 3 alone: "arp" means ARP behind a VLAN tag too, as "ip"
// means IP there.
class PacketFilter {
public:
    // Throws Error with libpcap's words where it does not compile.
    explicit PacketFilter(const std::string& expression);

    // Bytes that the snaplen cut off match nothing; "len" counts them in.
    bool accepts(const nflogcap_packet& packet) noexcept;

private:
    struct Free {
        void operator()(bpf_program* program) const noexcept;
    };
    using Program = std::unique_ptr<bpf_program, Free>;

    static Program compile(int link_type, const std::string& expression, bool optimise,
                           std::string& why);
    [[nodiscard]] std::span<const std::uint8_t> frame(std::size_t length) const noexcept;

    Program ip_;       // for raw IP; absent where no IP packet matches
    Program ethernet_; // absent where only IP packets can match
    bool link_layer_;  // asked about
    std::vector<std::uint8_t> frame_;
};

// nullptr, which accepts all, of none and of an empty expression.
std::unique_ptr<PacketFilter> compiled_filter(const char* expression);

} // namespace nflog
