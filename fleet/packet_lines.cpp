// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_lines.hpp"

#include "formats.hpp"
#include "interfaces.hpp"
#include "packet_parser.hpp"
#include "record_framing.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <span>
#include <vector>

namespace fleet {

namespace {

constexpr std::uint64_t second = 1'000'000'000;

std::uint32_t number_at(const char* bytes)
{
    std::uint32_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return number;
}

// Swaps the bytes of each attribute's header. Calls visit(header, content) for each attribute.
template <typename Visit>
void swap_headers(std::span<std::byte> attributes, Visit visit)
{
    while (attributes.size() >= sizeof(nlattr)) {
        nlattr header;
        std::memcpy(&header, attributes.data(), sizeof header);
        header = {__builtin_bswap16(header.nla_len), __builtin_bswap16(header.nla_type)};
        std::memcpy(attributes.data(), &header, sizeof header);
        if (header.nla_len < sizeof header || header.nla_len > attributes.size())
            return; // the attribute is cut off, which the parser reports
        visit(header, attributes.subspan(sizeof header, header.nla_len - sizeof header));
        attributes =
            attributes.subspan(std::min<std::size_t>(NLA_ALIGN(header.nla_len), attributes.size()));
    }
}

// Converts the headers of attributes from a host with the other byte order.
void swap_attributes(std::span<std::byte> attributes)
{
    swap_headers(attributes, [](const nlattr& header, std::span<std::byte> content) {
        if ((header.nla_type & NLA_TYPE_MASK) == NFULA_VLAN)
            swap_headers(content, [](const nlattr& /*header*/, std::span<std::byte> /*none*/) {});
    });
}

const char* name_of_interface(void* context, std::uint32_t index)
{
    const auto& names = *static_cast<const spool::Interfaces*>(context);
    const auto found = names.find(index);
    return found == names.end() ? nullptr : found->second.c_str();
}

// Appends a packet as JSON. The buffer for its text grows if necessary.
void append_json(std::string& text, const nflogcap_packet& packet,
                 const nflog::JsonContext& context)
{
    constexpr std::size_t usual = 1024;
    std::size_t room = usual + 3 * std::size_t{packet.message_length};
    const std::size_t before = text.size();
    for (;;) {
        text.resize(before + room);
        nflog::TextWriter writer(text.data() + before, room);
        nflog::write_json(writer, packet, context);
        const std::size_t length = writer.finish();
        if (length < room) {
            text.resize(before + length);
            text += '\n';
            return;
        }
        room = length + 1;
    }
}

} // namespace

std::optional<std::string> packet_lines(const Message& message)
{
    std::string_view savefile = message.savefile;
    if (savefile.empty())
        return std::string();
    const std::uint32_t magic = number_at(savefile.data());
    const bool is_swapped = magic != magic_nanoseconds && magic != magic_microseconds;
    const auto number = [is_swapped](const char* at) {
        const std::uint32_t read = number_at(at);
        return is_swapped ? __builtin_bswap32(read) : read;
    };
    const std::uint64_t unit = number(savefile.data()) == magic_nanoseconds ? 1 : 1000;
    const spool::Interfaces names = spool::interfaces_in(message.chunk.interfaces);
    const nflog::JsonContext context{
        {name_of_interface, const_cast<spool::Interfaces*>(&names)}, message.host.c_str(), true};

    std::string text;
    std::vector<std::byte> bytes;
    savefile.remove_prefix(savefile_head_bytes);
    while (!savefile.empty()) {
        const std::uint64_t time =
            number(savefile.data()) * second + std::uint64_t{number(savefile.data() + 4)} * unit;
        const std::uint32_t length = number(savefile.data() + 8);
        const auto* const record =
            reinterpret_cast<const std::byte*>(savefile.data() + record_head_bytes);
        bytes.assign(record, record + length);
        savefile.remove_prefix(record_head_bytes + length);
        if (length < sizeof(nfgenmsg))
            return std::nullopt;
        if (is_swapped)
            swap_attributes(std::span(bytes).subspan(sizeof(nfgenmsg)));
        nflogcap_packet packet;
        if (!nflog::parse_packet(bytes, packet) || packet.group != message.chunk.group)
            return std::nullopt;
        nflog::set_recorded_time(packet, time);
        append_json(text, packet, context);
    }
    return text;
}

} // namespace fleet
