// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_parser.hpp"

#include "attributes.hpp"
#include "packet_view.hpp"
#include "packet_walk.hpp"

#include <bit>
#include <cstring>
#include <linux/if_ether.h>
#include <utility>

namespace nflog {

namespace {

// An attribute with a fixed length.
template <std::uint16_t number, std::uint16_t value_length>
struct Fixed {
    static constexpr std::uint16_t type = number;
    static constexpr std::uint16_t length = value_length;
    static constexpr nlattr header = {sizeof(nlattr) + length, type};
    static constexpr auto header_bits = std::bit_cast<std::uint32_t>(header); // in machine order
    static constexpr std::size_t extent = attribute_extent(header.nla_len);
};

template <std::uint16_t type>
using Number = Fixed<type, sizeof(std::uint32_t)>;
template <std::uint16_t type>
using ShortNumber = Fixed<type, sizeof(std::uint16_t)>;
using Header = Fixed<NFULA_PACKET_HDR, sizeof(nfulnl_msg_packet_hdr)>;
using HwAddress = Fixed<NFULA_HWADDR, sizeof(nfulnl_msg_packet_hw)>;
using EthernetHeader = Fixed<NFULA_HWHEADER, ETH_HLEN>;
using Timestamp = Fixed<NFULA_TIMESTAMP, sizeof(nfulnl_msg_packet_timestamp)>;

// Reads the next attribute of a message if it has the expected type and length. A generic loop must
// load the length of one attribute before it can find the next one. This class compares whole
// headers with constants and advances by constants, so that the processor does not wait for its
// loads.
class NextAttribute {
public:
    NextAttribute(std::span<const std::byte> message, PacketView& packet) noexcept
        : packet_(packet), at_(reinterpret_cast<const std::uint8_t*>(message.data())),
          end_(at_ + message.size())
    {
        advance(sizeof(nfgenmsg));
    }

    // Reads several attributes if they all come next, in this order.
    template <typename First, typename... Others>
    [[gnu::always_inline]] bool read() noexcept
    {
        constexpr std::size_t extent = (First::extent + ... + Others::extent);
        if (header_ != First::header_bits) [[unlikely]]
            return false;
        if (extent > min_extent && extent > room()) [[unlikely]]
            return false;
        [[maybe_unused]] const std::uint8_t* at = at_ + First::extent;
        if (!((header_at(std::exchange(at, at + Others::extent)) == Others::header_bits) && ...))
            [[unlikely]]
            return false;
        at = at_;
        if (!(read_value<First>(at) && ... && read_value<Others>(at))) [[unlikely]]
            return false;
        advance(extent);
        return true;
    }

    // Reads an attribute of any length except 0. `type` includes the flag bits, such as
    // NLA_F_NESTED.
    template <std::uint16_t type>
    [[gnu::always_inline]] bool read_any_length() noexcept
    {
        const auto header = std::bit_cast<nlattr>(header_);
        const std::size_t extent = attribute_extent(header.nla_len);
        if (header.nla_type != type) [[unlikely]]
            return false;
        if (header.nla_len <= sizeof header || extent > room()) [[unlikely]]
            return false;
        if (!packet_.read(type & NLA_TYPE_MASK, at_ + sizeof header,
                          header.nla_len - sizeof header)) [[unlikely]]
            return false;
        advance(extent);
        return true;
    }

    [[nodiscard]] std::span<const std::uint8_t> rest() const noexcept { return {at_, room()}; }

private:
    static constexpr std::size_t min_extent = Number<NFULA_UNSPEC>::extent;

    static std::uint32_t header_at(const std::uint8_t* at) noexcept
    {
        std::uint32_t bits = 0;
        std::memcpy(&bits, at, sizeof bits);
        return bits;
    }

    template <typename Attribute>
    [[gnu::always_inline]] bool read_value(const std::uint8_t*& at) noexcept
    {
        const std::uint8_t* value = std::exchange(at, at + Attribute::extent) + sizeof(nlattr);
        return packet_.read(Attribute::type, value, Attribute::length);
    }

    [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - at_); }

    [[gnu::always_inline]] void advance(std::size_t bytes) noexcept
    {
        at_ += bytes;
        header_ = 0;
        if (room() >= min_extent) [[likely]]
            header_ = header_at(at_);
    }

    PacketView& packet_;
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    // The header at at_; 0, which is never valid, if less than min_extent is left
    std::uint32_t header_ = 0;
};

// Reads the usual attributes in the order in which __build_packet_message() of
// net/netfilter/nfnetlink_log.c writes them. Stops at the first attribute that is unusual, has an
// unusual length, or is out of this order.
[[gnu::always_inline]] inline void read_in_kernel_order(NextAttribute& next) noexcept
{
    if (!next.read<Header>()) [[unlikely]]
        return;
    next.read_any_length<NFULA_PREFIX>();
    // The bridge family has the physical device before the other one, all other families after it.
    next.read<Number<NFULA_IFINDEX_PHYSINDEV>>();
    next.read<Number<NFULA_IFINDEX_INDEV>>();
    next.read<Number<NFULA_IFINDEX_PHYSINDEV>>();
    next.read<Number<NFULA_IFINDEX_PHYSOUTDEV>>();
    next.read<Number<NFULA_IFINDEX_OUTDEV>>();
    next.read<Number<NFULA_IFINDEX_PHYSOUTDEV>>();
    next.read<Number<NFULA_MARK>>();
    using HwType = ShortNumber<NFULA_HWTYPE>;
    using HwLength = ShortNumber<NFULA_HWLEN>;
    // Packets that Ethernet devices and the loopback device received have all of these attributes.
    if (!next.read<HwAddress, HwType, HwLength, EthernetHeader, Timestamp>()) [[unlikely]] {
        next.read<HwAddress>();
        next.read<HwType, HwLength>();
        next.read_any_length<NFULA_HWHEADER>();
        next.read<Timestamp>();
    }
    next.read<Number<NFULA_UID>, Number<NFULA_GID>>();
    next.read<Number<NFULA_SEQ>, Number<NFULA_SEQ_GLOBAL>>();
    if (!next.read_any_length<NFULA_PAYLOAD>()) [[unlikely]] {
        // In the families bridge and netdev, the attributes that describe the bytes before layer 3
        // come between NFULA_SEQ_GLOBAL and NFULA_PAYLOAD.
        next.read_any_length<NFULA_VLAN | NLA_F_NESTED>();
        next.read_any_length<NFULA_L2HDR>();
        next.read_any_length<NFULA_PAYLOAD>();
    }
}

} // namespace

bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept
{
    if (message.size() < sizeof(nfgenmsg)) [[unlikely]]
        return false;
    PacketView packet(message, view);
    NextAttribute next(message, packet);
    read_in_kernel_order(next);
    if (next.rest().empty() && packet.finish_ip()) [[likely]]
        return true;
    return walk_attributes(next.rest(), packet);
}

} // namespace nflog
