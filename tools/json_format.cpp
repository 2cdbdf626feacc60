// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_format.hpp"

#include "dissection.hpp"
#include "text.hpp"

#include <string_view>

namespace command {

namespace {

// Keys come with their quotes, colon and comma, since they are most of what is written.

template <typename Integer>
void append_field(std::string& text, std::string_view key, Integer number)
{
    text += key;
    append_number(text, number);
}

void append_bytes(std::string& text, std::string_view key, Bytes bytes, char separator = '\0')
{
    text += key;
    text += '"';
    append_hex(text, bytes, separator);
    text += '"';
}

void append_interface(std::string& text, std::string_view key, std::string_view name_key,
                      std::uint32_t index, InterfaceNames& names)
{
    append_field(text, key, index);
    if (const std::string* name = names.name(index)) {
        text += name_key;
        append_json_string(text, *name);
    }
}

void append_prefix(std::string& text, std::string_view prefix)
{
    text += ",\"prefix\":";
    if (append_json_string(text, prefix))
        append_bytes(text, ",\"prefix_bytes\":",
                     {reinterpret_cast<const std::uint8_t*>(prefix.data()), prefix.size()});
}

void append_address(std::string& text, std::string_view key, bool ipv6, const std::uint8_t* address)
{
    text += key;
    text += '"';
    if (ipv6)
        append_ipv6(text, address);
    else
        append_ipv4(text, address);
    text += '"';
}

void append_dissection(std::string& text, const Dissection& found)
{
    using Layer3 = Dissection::Layer3;
    using Layer4 = Dissection::Layer4;
    if (found.layer3 == Layer3::none)
        return;
    const bool ipv6 = found.layer3 == Layer3::ipv6;
    append_address(text, ",\"source\":", ipv6, found.source);
    append_address(text, ",\"destination\":", ipv6, found.destination);
    if (found.layer3 == Layer3::arp)
        return append_field(text, ",\"arp_operation\":", found.arp_operation);
    append_field(text, ",\"protocol\":", unsigned{found.protocol});
    if (found.fragment)
        append_field(text, ",\"fragment_offset\":", found.fragment_offset);
    switch (found.layer4) {
    case Layer4::none:
        return;
    case Layer4::icmp:
        append_field(text, ",\"icmp_type\":", unsigned{found.icmp_type});
        append_field(text, ",\"icmp_code\":", unsigned{found.icmp_code});
        return;
    case Layer4::ports:
    case Layer4::tcp:
        append_field(text, ",\"source_port\":", found.source_port);
        append_field(text, ",\"destination_port\":", found.destination_port);
        if (found.layer4 == Layer4::tcp)
            append_field(text, ",\"tcp_flags\":", unsigned{found.tcp_flags});
    }
}

} // namespace

void JsonFormat::append(std::string& text, const nflogcap_packet& packet)
{
    const auto has = [&](std::uint64_t field) { return (packet.present & field) != 0; };
    append_field(text, "{\"timestamp_ns\":", packet.timestamp_ns);
    text += has(NFLOGCAP_HAS_TIMESTAMP) ? R"(,"timestamp_of":"kernel")"
                                        : R"(,"timestamp_of":"receiving")";
    append_field(text, ",\"group\":", packet.group);
    append_field(text, ",\"family\":", unsigned{packet.family});
    append_field(text, ",\"hook\":", unsigned{packet.hook});
    append_field(text, ",\"hw_protocol\":", packet.hw_protocol);
    if (has(NFLOGCAP_HAS_PREFIX))
        append_prefix(text, packet.prefix);
    if (has(NFLOGCAP_HAS_MARK))
        append_field(text, ",\"mark\":", packet.mark);
    if (has(NFLOGCAP_HAS_INDEV))
        append_interface(text, ",\"indev\":", ",\"indev_name\":", packet.indev, names_);
    if (has(NFLOGCAP_HAS_OUTDEV))
        append_interface(text, ",\"outdev\":", ",\"outdev_name\":", packet.outdev, names_);
    if (has(NFLOGCAP_HAS_PHYSINDEV))
        append_interface(text, ",\"physindev\":", ",\"physindev_name\":", packet.physindev, names_);
    if (has(NFLOGCAP_HAS_PHYSOUTDEV))
        append_interface(text, ",\"physoutdev\":", ",\"physoutdev_name\":", packet.physoutdev,
                         names_);
    if (has(NFLOGCAP_HAS_UID))
        append_field(text, ",\"uid\":", packet.uid);
    if (has(NFLOGCAP_HAS_GID))
        append_field(text, ",\"gid\":", packet.gid);
    if (has(NFLOGCAP_HAS_SEQ))
        append_field(text, ",\"seq\":", packet.seq);
    if (has(NFLOGCAP_HAS_SEQ_GLOBAL))
        append_field(text, ",\"seq_global\":", packet.seq_global);
    append_field(text, ",\"lost_before\":", packet.lost_before);
    if (has(NFLOGCAP_HAS_HW_TYPE))
        append_field(text, ",\"hw_type\":", packet.hw_type);
    if (has(NFLOGCAP_HAS_HW_ADDRESS))
        append_bytes(text, ",\"hw_address\":", {packet.hw_address, packet.hw_address_length}, ':');
    if (has(NFLOGCAP_HAS_HW_HEADER))
        append_bytes(text, ",\"hw_header\":", {packet.hw_header, packet.hw_header_length});
    if (has(NFLOGCAP_HAS_VLAN)) {
        append_field(text, ",\"vlan_tci\":", packet.vlan_tci);
        append_field(text, ",\"vlan_protocol\":", packet.vlan_protocol);
    }
    if (has(NFLOGCAP_HAS_L2_HEADER))
        append_bytes(text, ",\"l2_header\":", {packet.l2_header, packet.l2_header_length});
    if (has(NFLOGCAP_HAS_CT_INFO))
        append_field(text, ",\"ct_info\":", packet.ct_info);
    if (has(NFLOGCAP_HAS_CT))
        append_bytes(text, ",\"ct\":", {packet.ct, packet.ct_length});
    append_dissection(text, dissect(packet));
    append_field(text, ",\"wire_length\":", packet.wire_length);
    append_field(text, ",\"payload_length\":", packet.payload_length);
    if (has(NFLOGCAP_HAS_PAYLOAD))
        append_bytes(text, ",\"payload\":", {packet.payload, packet.payload_length});
    text += "}\n";
}

} // namespace command
