// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_filter.hpp"

#include "error.hpp"
#include "frame.hpp"
#include "payload.hpp"

#include <algorithm>
#include <cerrno>
#include <linux/if_ether.h>
#include <new>
#include <pcap/pcap.h>
#include <span>

namespace nflog {

namespace {

constexpr int snaplen = 262144; // libpcap's maximum; programs must return more than 0

struct Close {
    void operator()(pcap_t* pcap) const noexcept { pcap_close(pcap); }
};

// Whether the program loads data at offsets below 0. Only the kernel has this data for a packet.
// libpcap before 1.11 gets a packet's direction in this way, because it does not know that the
// program will run outside the kernel.
bool asks_kernel(const bpf_program& program) noexcept
{
    const std::span instructions(program.bf_insns, program.bf_len);
    return std::ranges::any_of(instructions, [](const bpf_insn& instruction) {
        return BPF_CLASS(instruction.code) == BPF_LD && BPF_MODE(instruction.code) == BPF_ABS &&
               static_cast<std::int32_t>(instruction.k) < 0;
    });
}

bool is_ip(std::uint16_t ethertype) noexcept
{
    return ethertype == ETH_P_IP || ethertype == ETH_P_IPV6;
}

bool run(const bpf_program& program, std::span<const std::uint8_t> bytes,
         std::size_t length) noexcept
{
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(bytes.size());
    header.len = static_cast<bpf_u_int32>(length);
    return pcap_offline_filter(&program, &header, bytes.data()) != 0;
}

} // namespace

void PacketFilter::Free::operator()(bpf_program* program) const noexcept
{
    pcap_freecode(program);
    delete program;
}

PacketFilter::Program PacketFilter::compile(int link_type, const std::string& expression,
                                            bool optimise, std::string& why)
{
    const std::unique_ptr<pcap_t, Close> pcap(pcap_open_dead(link_type, snaplen));
    if (!pcap)
        throw std::bad_alloc();
    Program program(new bpf_program{});
    errno = 0;
    const bool compiled = pcap_compile(pcap.get(), program.get(), expression.c_str(),
                                       optimise ? 1 : 0, PCAP_NETMASK_UNKNOWN) == 0;
    if (!compiled && errno == ENOMEM) // the expression may be valid
        throw std::bad_alloc();
    if (!compiled)
        why = foreign_reason(pcap_geterr(pcap.get()));
    // libpcap 1.11 itself refuses an expression about the direction.
    if (compiled ? asks_kernel(*program) : why.starts_with("not a live capture"))
        why = "the direction is not in a packet; look at its hook, indev and outdev instead";
    else if (compiled)
        return program;
    return nullptr;
}

PacketFilter::PacketFilter(const std::string& expression) : frame_(max_frame_bytes)
{
    std::string why;
    ip_ = compile(DLT_RAW, expression, true, why);
    ethernet_ = compile(DLT_EN10MB, expression, true, why);
    if (!ip_ && !ethernet_)
        throw Error(EINVAL,
                    "cannot set the filter '" + expression + "': " + why + "; see pcap-filter(7)");
    // The optimizer refuses an expression that no packet can match. Without the optimizer, every
    // expression compiles that is valid for the link type.
    link_layer_ = !ip_ && !compile(DLT_RAW, expression, false, why);
}

bool PacketFilter::accepts(const nflogcap_packet& packet) noexcept
{
    const Layer3 l3 = guess_layer3(packet);
    if (link_layer_) {
        const std::size_t length = has_ethernet_header(packet)
                                       ? write_frame(packet, frame_.data(), frame_.size())
                                       : write_bare_frame(packet, l3, frame_.data(), frame_.size());
        return run(*ethernet_, frame(length), length + packet.wire_length - packet.payload_length);
    }
    const std::size_t length = std::max<std::size_t>(packet.wire_length, l3.offset) - l3.offset;
    if (is_ip(l3.ethertype))
        return ip_ && run(*ip_, payload_from(packet, l3), length);
    return ethernet_ &&
           run(*ethernet_, frame(write_bare_frame(packet, l3, frame_.data(), frame_.size())),
               length);
}

// `length`: the length of a whole frame. Returns the part of the frame that fitted into frame_.
std::span<const std::uint8_t> PacketFilter::frame(std::size_t length) const noexcept
{
    return {frame_.data(), std::min(length, frame_.size())};
}

std::unique_ptr<PacketFilter> compiled_filter(const char* expression)
{
    if (expression == nullptr || *expression == '\0')
        return nullptr;
    return std::make_unique<PacketFilter>(expression);
}

} // namespace nflog
