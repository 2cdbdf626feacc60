// SPDX-License-Identifier: GPL-2.0-or-later
#include "line_format.hpp"

#include "dissection.hpp"
#include "protocol_names.hpp"
#include "text.hpp"

#include <netinet/tcp.h>

namespace command {

namespace {

using Layer3 = Dissection::Layer3;
using Layer4 = Dissection::Layer4;

void append_address(std::string& text, const Dissection& found, const std::uint8_t* address)
{
    if (found.layer3 == Layer3::ipv6)
        append_ipv6(text, address);
    else
        append_ipv4(text, address);
}

void append_endpoint(std::string& text, const Dissection& found, const std::uint8_t* address,
                     std::uint16_t port)
{
    if (found.layer4 != Layer4::ports && found.layer4 != Layer4::tcp)
        return append_address(text, found, address);
    const bool brackets = found.layer3 == Layer3::ipv6;
    if (brackets)
        text += '[';
    append_address(text, found, address);
    text += brackets ? "]:" : ":";
    append_number(text, port);
}

void append_tcp_flags(std::string& text, std::uint8_t flags)
{
    constexpr struct {
        std::uint8_t flag;
        std::string_view name;
    } names[] = {{TH_SYN, " SYN"}, {TH_FIN, " FIN"}, {TH_RST, " RST"}, {TH_PUSH, " PSH"},
                 {TH_URG, " URG"}, {0x40, " ECE"},   {0x80, " CWR"},   {TH_ACK, " ACK"}};
    for (const auto& [flag, name] : names) {
        if ((flags & flag) != 0)
            text += name;
    }
    if (flags == 0)
        text += " no flags";
}

void append_icmp(std::string& text, const Dissection& found)
{
    text += ' ';
    const std::string_view name = icmp_name(found.protocol, found.icmp_type, found.icmp_code);
    if (name.empty()) {
        text += "type ";
        append_number(text, unsigned{found.icmp_type});
        text += " code ";
        append_number(text, unsigned{found.icmp_code});
    } else {
        text += name;
    }
    if (found.is_echo) {
        text += " id ";
        append_number(text, found.echo_id);
        text += " seq ";
        append_number(text, found.echo_sequence);
    }
}

void append_arp(std::string& text, const Dissection& found)
{
    constexpr std::uint16_t request = 1;
    constexpr std::uint16_t reply = 2;
    if (found.arp_operation == request) {
        text += " who has ";
        append_ipv4(text, found.destination);
        text += "? tell ";
        append_ipv4(text, found.source);
    } else if (found.arp_operation == reply) {
        text += ' ';
        append_ipv4(text, found.source);
        text += " is here, to ";
        append_ipv4(text, found.destination);
    } else {
        text += " operation ";
        append_number(text, found.arp_operation);
    }
}

} // namespace

void LineFormat::append_time(std::string& text, std::uint64_t nanoseconds)
{
    constexpr std::uint64_t second = 1'000'000'000;
    constexpr std::uint64_t microsecond = 1'000;
    const auto now = static_cast<std::time_t>(nanoseconds / second);
    if (now != second_) { // most packets share it with the one before
        second_ = now;
        std::tm local{};
        localtime_r(&now, &local);
        clock_.clear();
        append_padded(clock_, static_cast<std::uint64_t>(local.tm_hour), 2);
        clock_ += ':';
        append_padded(clock_, static_cast<std::uint64_t>(local.tm_min), 2);
        clock_ += ':';
        append_padded(clock_, static_cast<std::uint64_t>(local.tm_sec), 2);
        clock_ += '.';
    }
    text += clock_;
    constexpr std::size_t places = 6;
    append_padded(text, nanoseconds % second / microsecond, places);
}

void LineFormat::append_name(std::string& text, std::uint32_t index)
{
    if (const std::string* name = names_.name(index)) {
        append_escaped(text, *name);
    } else {
        text += '#';
        append_number(text, index);
    }
}

void LineFormat::append_device(std::string& text, std::string_view direction, std::uint32_t index,
                               std::uint32_t port)
{
    if (index == 0 && port == 0)
        return;
    text += direction;
    append_name(text, index != 0 ? index : port);
    if (index != 0 && port != 0) { // of a bridge
        text += '(';
        append_name(text, port);
        text += ')';
    }
}

void LineFormat::append_what(std::string& text, const nflogcap_packet& packet,
                             const Dissection& found)
{
    if (found.layer3 == Layer3::none) {
        if (packet.payload_length == 0) {
            text += "no payload";
        } else if (found.ether_type != 0) {
            text += "EtherType 0x";
            const std::uint8_t type[] = {static_cast<std::uint8_t>(found.ether_type >> 8),
                                         static_cast<std::uint8_t>(found.ether_type)};
            append_hex(text, type);
        } else {
            text += "unknown protocol";
        }
        return;
    }
    text += colours_.strong();
    if (found.layer3 == Layer3::arp) {
        text += "ARP";
        text += colours_.plain();
        return append_arp(text, found);
    }
    if (const std::string_view name = protocol_name(found.protocol); !name.empty()) {
        text += name;
    } else {
        text += "IP protocol ";
        append_number(text, unsigned{found.protocol});
    }
    text += colours_.plain();
    text += ' ';
    append_endpoint(text, found, found.source, found.source_port);
    text += " > ";
    append_endpoint(text, found, found.destination, found.destination_port);
    if (found.layer4 == Layer4::tcp)
        append_tcp_flags(text, found.tcp_flags);
    else if (found.layer4 == Layer4::icmp)
        append_icmp(text, found);
    if (found.fragment) {
        text += " fragment at ";
        append_number(text, found.fragment_offset);
    }
}

void LineFormat::append(std::string& text, const nflogcap_packet& packet)
{
    text += colours_.faint();
    append_time(text, packet.timestamp_ns);
    text += colours_.plain();
    text += " group ";
    append_number(text, packet.group);
    if (packet.prefix != nullptr && *packet.prefix != '\0') {
        text += ' ';
        text += colours_.name();
        append_quoted(text, packet.prefix);
        text += colours_.plain();
    }
    append_device(text, " in ", packet.indev, packet.physindev);
    append_device(text, " out ", packet.outdev, packet.physoutdev);
    if ((packet.present & NFLOGCAP_HAS_VLAN) != 0) {
        constexpr unsigned id = 0xfff;
        text += " vlan ";
        append_number(text, packet.vlan_tci & id);
    }
    if ((packet.present & NFLOGCAP_HAS_MARK) != 0) {
        text += " mark ";
        append_number(text, packet.mark);
    }
    if ((packet.present & NFLOGCAP_HAS_UID) != 0) {
        text += " uid ";
        append_number(text, packet.uid);
    }
    text += ' ';
    append_what(text, packet, dissect(packet));
    text += " length ";
    append_number(text, packet.wire_length);
    if (packet.payload_length < packet.wire_length) {
        text += " (";
        append_number(text, packet.payload_length);
        text += " captured)";
    }
    if (packet.lost_before > 0) {
        text += colours_.bad();
        text += " (";
        append_number(text, packet.lost_before);
        text += " lost before it)";
        text += colours_.plain();
    }
    text += '\n';
}

} // namespace command
