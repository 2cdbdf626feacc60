// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng_format.hpp"

#include "packet_comment.hpp"
#include "packet_direction.hpp"
#include "pcapng_block.hpp"
#include "savefile_record.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <sys/utsname.h>

namespace nflog {

namespace {

using Type = PcapngBlock::Type;

// Codes of options. The first is valid in all blocks, each other one in the block that its name
// begins with.
constexpr std::uint16_t comment_option = 1;
constexpr std::uint16_t section_hardware = 2;
constexpr std::uint16_t section_os = 3;
constexpr std::uint16_t section_program = 4;
constexpr std::uint16_t interface_name = 2;
constexpr std::uint16_t interface_resolution = 9;
constexpr std::uint16_t packet_flags = 2;
constexpr std::uint16_t packet_lost = 4;
constexpr std::uint16_t statistics_received = 4;
constexpr std::uint16_t statistics_lost = 5;

constexpr std::size_t max_name_bytes = 256; // with its NUL
constexpr std::size_t max_padding = 3;

constexpr std::size_t option_bytes(std::size_t value) noexcept
{
    return PcapngBlock::option_header_bytes + value + max_padding;
}

// For each block: its size without options, and its maximum size with options.
constexpr std::size_t interface_bytes = PcapngBlock::frame_bytes + 2 * sizeof(std::uint32_t);
constexpr std::size_t packet_bytes = PcapngBlock::frame_bytes + 5 * sizeof(std::uint32_t);
constexpr std::size_t statistics_bytes = PcapngBlock::frame_bytes + 3 * sizeof(std::uint32_t);
constexpr std::size_t end_of_options = PcapngBlock::option_header_bytes;
constexpr std::size_t max_interface_bytes =
    interface_bytes + option_bytes(max_name_bytes) + option_bytes(1) + end_of_options;
constexpr std::size_t max_packet_bytes =
    packet_bytes + max_record_bytes + max_padding + option_bytes(PcapngBlock::max_option_bytes) +
    option_bytes(sizeof(Direction)) + option_bytes(sizeof(std::uint64_t)) + end_of_options;
constexpr std::size_t max_statistics_bytes =
    statistics_bytes + 2 * option_bytes(sizeof(std::uint64_t)) + end_of_options;

std::vector<char> section_block()
{
    constexpr std::uint32_t byte_order = 0x1a2b3c4d;
    constexpr std::uint64_t unknown_length = UINT64_MAX;
    const std::string program = "nflogcap " + std::to_string(NFLOGCAP_VERSION_MAJOR) + '.' +
                                std::to_string(NFLOGCAP_VERSION_MINOR) + '.' +
                                std::to_string(NFLOGCAP_VERSION_PATCH);
    utsname system{};
    uname(&system); // cannot fail
    std::vector<char> bytes;
    PcapngBlock block(bytes, Type::section);
    block.put(byte_order);
    block.put(std::uint16_t{1}); // version 1.0
    block.put(std::uint16_t{0});
    block.put(unknown_length);
    block.put_option(section_hardware, system.machine);
    block.put_option(section_os, std::string(system.sysname) + ' ' + system.release);
    block.put_option(section_program, program);
    block.end();
    return bytes;
}

// Returns the index of the packet's device; 0 if it has none.
std::uint32_t device_of(const nflogcap_packet& packet) noexcept
{
    for (const std::uint32_t device :
         {packet.indev, packet.outdev, packet.physindev, packet.physoutdev}) {
        if (device != 0)
            return device;
    }
    return 0;
}

} // namespace

PcapngFormat::PcapngFormat(LinkType link_type, const InterfaceNamer& namer)
    : link_type_(link_type), has_one_interface_(link_type == LinkType::raw), namer_(namer),
      section_(section_block()),
      comment_(link_type == LinkType::nflog ? 0 : PcapngBlock::max_option_bytes + 1)
{
}

std::size_t PcapngFormat::max_appended_bytes() const noexcept
{
    return section_.size() + max_interface_bytes + max_packet_bytes;
}

void PcapngFormat::append_head(std::vector<char>& to)
{
    to.insert(to.end(), section_.begin(), section_.end());
    if (has_one_interface_)
        append_interface(to, "nflog");
    has_section_ = true;
}

void PcapngFormat::append_packet(std::vector<char>& to, const Packet& packet)
{
    const auto next = static_cast<std::uint32_t>(interfaces_.size());
    const auto [found, is_new] =
        interfaces_.try_emplace(key_of_interface(packet.fields), Interface{next});
    // From here on nothing throws, because the memory is reserved.
    if (!has_section_)
        append_head(to);
    if (is_new && !has_one_interface_)
        append_interface(to, packet.fields);
    Interface& interface = found->second;
    append_record(to, interface.number, packet);
    ++interface.packets;
    interface.lost += packet.lost;
    latest_ns_ = std::max(latest_ns_, packet.fields.timestamp_ns);
}

// If the file has no packets, appends an interface without a name, because libpcap cannot read a
// file without an interface.
void PcapngFormat::append_end(std::vector<char>& to)
{
    std::vector<Interface> interfaces;
    for (const auto& [key, interface] : interfaces_)
        interfaces.push_back(interface);
    std::ranges::sort(interfaces, {}, &Interface::number);
    to.reserve(to.size() + max_interface_bytes + interfaces.size() * max_statistics_bytes);
    if (has_section_ && interfaces.empty() && !has_one_interface_)
        append_interface(to, std::string_view());
    for (const Interface& interface : interfaces) {
        PcapngBlock block(to, Type::statistics);
        block.put(interface.number);
        block.put_time(latest_ns_);
        block.put_number_option(statistics_received, interface.packets + interface.lost);
        block.put_number_option(statistics_lost, interface.lost);
        block.end();
    }
}

void PcapngFormat::forget_file() noexcept
{
    has_section_ = has_one_interface_;
    interfaces_.clear();
    latest_ns_ = 0;
}

// Each device has one interface. Packets without a device have one interface for each group.
std::uint64_t PcapngFormat::key_of_interface(const nflogcap_packet& packet) const noexcept
{
    constexpr std::uint64_t no_device = std::uint64_t{1} << 32U;
    if (has_one_interface_)
        return 0;
    const std::uint32_t device = device_of(packet);
    return device != 0 ? device : no_device | packet.group;
}

void PcapngFormat::append_interface(std::vector<char>& to, std::string_view name) const
{
    constexpr std::uint8_t nanoseconds = 9; // times are in units of 10 to the power of -9 s
    PcapngBlock block(to, Type::interface);
    block.put(static_cast<std::uint16_t>(link_type_));
    block.put(std::uint16_t{0});
    block.put(static_cast<std::uint32_t>(max_record_bytes));
    if (!name.empty())
        block.put_option(interface_name, name);
    block.put_number_option(interface_resolution, nanoseconds);
    block.end();
}

void PcapngFormat::append_interface(std::vector<char>& to, const nflogcap_packet& packet) const
{
    std::array<char, max_name_bytes> name{};
    TextWriter text(name.data(), name.size());
    if (const std::uint32_t device = device_of(packet); device == 0) {
        text.put("group ");
        text.put_number(packet.group);
    } else {
        put_device(text, namer_, device);
    }
    text.finish();
    append_interface(to, std::string_view(name.data()));
}

void PcapngFormat::append_record(std::vector<char>& to, std::uint32_t interface,
                                 const Packet& packet)
{
    const PacketRecord& record = packet.record;
    PcapngBlock block(to, Type::packet);
    block.put(interface);
    block.put_time(packet.fields.timestamp_ns);
    block.put(static_cast<std::uint32_t>(record.bytes.size()));
    block.put(record.length);
    block.put_bytes(record.bytes.data(), record.bytes.size());
    if (!comment_.empty())
        block.put_option(comment_option, write_comment(packet.fields, namer_, comment_));
    if (const Direction direction = direction_of(packet.fields); direction != Direction::unknown)
        block.put_number_option(packet_flags, direction);
    if (packet.lost > 0)
        block.put_number_option(packet_lost, packet.lost);
    block.end();
}

} // namespace nflog
