// SPDX-License-Identifier: GPL-2.0-or-later
#include "view_checks.hpp"

#include "attributes.hpp"
#include "big_endian.hpp"
#include "frame.hpp"
#include "must.hpp"
#include "packet_parser.hpp"
#include "packet_record.hpp"
#include "walk_packet.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <linux/netfilter/nfnetlink_log.h>
#include <memory>
#include <type_traits>

namespace fuzz {

namespace {

using Bytes = std::span<const std::uint8_t>;

// An attribute with a value that is a number in the parsed packet.
struct Number {
    std::uint16_t type;
    std::uint64_t present;
    std::uint32_t nflogcap_packet::*value;
};
constexpr auto numbers = std::to_array<Number>({
    {NFULA_MARK, NFLOGCAP_HAS_MARK, &nflogcap_packet::mark},
    {NFULA_IFINDEX_INDEV, NFLOGCAP_HAS_INDEV, &nflogcap_packet::indev},
    {NFULA_IFINDEX_OUTDEV, NFLOGCAP_HAS_OUTDEV, &nflogcap_packet::outdev},
    {NFULA_IFINDEX_PHYSINDEV, NFLOGCAP_HAS_PHYSINDEV, &nflogcap_packet::physindev},
    {NFULA_IFINDEX_PHYSOUTDEV, NFLOGCAP_HAS_PHYSOUTDEV, &nflogcap_packet::physoutdev},
    {NFULA_UID, NFLOGCAP_HAS_UID, &nflogcap_packet::uid},
    {NFULA_GID, NFLOGCAP_HAS_GID, &nflogcap_packet::gid},
    {NFULA_SEQ, NFLOGCAP_HAS_SEQ, &nflogcap_packet::seq},
    {NFULA_SEQ_GLOBAL, NFLOGCAP_HAS_SEQ_GLOBAL, &nflogcap_packet::seq_global},
    {NFULA_CT_INFO, NFLOGCAP_HAS_CT_INFO, &nflogcap_packet::ct_info},
});

// Finds an attribute by its type, like the library's search.
class Attributes {
public:
    Attributes(std::span<const std::byte> message, std::uint64_t present)
        : message_(message), present_(present)
    {
    }

    Bytes find(std::uint16_t type, std::uint64_t bit)
    {
        found_bits_ |= bit;
        const auto found = nflog::find_attribute(message_, type);
        must((found.data() != nullptr) == ((present_ & bit) != 0),
             "an attribute is present where it is found, and nowhere else");
        return {reinterpret_cast<const std::uint8_t*>(found.data()), found.size()};
    }

    // Checks a field that points to the value of an attribute.
    void check(std::uint16_t type, std::uint64_t bit, Bytes shown)
    {
        const Bytes found = find(type, bit);
        must(shown.data() == found.data() && shown.size() == found.size(),
             "a field points to the attribute's value");
        const auto* begin = reinterpret_cast<const std::uint8_t*>(message_.data());
        must(shown.data() == nullptr ||
                 (shown.data() >= begin && shown.data() + shown.size() <= begin + message_.size()),
             "a field points into the message");
    }

    // Returns the bits of the attributes that were searched for.
    [[nodiscard]] std::uint64_t found_bits() const { return found_bits_; }

private:
    std::span<const std::byte> message_;
    std::uint64_t present_;
    std::uint64_t found_bits_ = 0;
};

void check_prefix(Attributes& attributes, const nflogcap_packet& view)
{
    const Bytes prefix = attributes.find(NFULA_PREFIX, NFLOGCAP_HAS_PREFIX);
    must(reinterpret_cast<const std::uint8_t*>(view.prefix) == prefix.data(),
         "the prefix points to the attribute's value");
    must(prefix.data() == nullptr || std::ranges::find(prefix, 0) != prefix.end(),
         "the prefix ends in its attribute");
}

void check_hw_address(Attributes& attributes, const nflogcap_packet& view)
{
    constexpr std::size_t before = offsetof(nfulnl_msg_packet_hw, hw_addr);
    const Bytes address = attributes.find(NFULA_HWADDR, NFLOGCAP_HAS_HW_ADDRESS);
    if (address.data() == nullptr) {
        must(view.hw_address == nullptr && view.hw_address_length == 0, "no address is shown");
        return;
    }
    must(view.hw_address == address.data() + before &&
             before + view.hw_address_length <= address.size(),
         "the address lies in its attribute");
}

void check_timestamp(Attributes& attributes, const nflogcap_packet& view)
{
    const Bytes time = attributes.find(NFULA_TIMESTAMP, NFLOGCAP_HAS_TIMESTAMP);
    const std::uint64_t expected =
        time.data() == nullptr
            ? 0
            : nflog::be64(time.data()) * 1'000'000'000 + nflog::be64(time.data() + 8) * 1'000;
    must(view.timestamp_ns == expected, "the time is the attribute's");
}

void check_numbers(Attributes& attributes, const nflogcap_packet& view)
{
    for (const Number& number : numbers) {
        const Bytes found = attributes.find(number.type, number.present);
        must(view.*number.value == (found.data() == nullptr ? 0 : nflog::be32(found.data())),
             "a number is the attribute's, or 0");
    }
    const Bytes type = attributes.find(NFULA_HWTYPE, NFLOGCAP_HAS_HW_TYPE);
    must(view.hw_type == (type.data() == nullptr ? 0 : nflog::be16(type.data())),
         "the hardware type is the attribute's, or 0");
}

} // namespace

bool are_equal(const nflogcap_packet& a, const nflogcap_packet& b) noexcept
{
    static_assert(std::has_unique_object_representations_v<nflogcap_packet>);
    return std::memcmp(&a, &b, sizeof a) == 0;
}

bool parse_and_walk(std::span<const std::byte> message, nflogcap_packet& view)
{
    nflogcap_packet expected;
    const bool is_valid = walked::walk_packet(message, expected);
    must(nflog::parse_packet(message, view) == is_valid,
         "the parser and the walk agree whether a message is valid");
    must(!is_valid || are_equal(view, expected), "the parser reads what the walk reads");
    return is_valid;
}

void check_view(std::span<const std::byte> message, const nflogcap_packet& view)
{
    must(reinterpret_cast<const std::byte*>(view.message) == message.data() &&
             view.message_length == message.size(),
         "the packet points to its message");
    must(view.lost_before == 0, "the parser sets no loss");
    must(view.wire_length >= view.payload_length, "the wire length is at least the payload length");
    must(view.wire_length == view.payload_length || (view.present & NFLOGCAP_HAS_WIRE_LENGTH) != 0,
         "without a length in a header, the wire length is the payload length");

    Attributes attributes(message, view.present);
    check_numbers(attributes, view);
    check_timestamp(attributes, view);
    check_prefix(attributes, view);
    check_hw_address(attributes, view);
    attributes.check(NFULA_PAYLOAD, NFLOGCAP_HAS_PAYLOAD, {view.payload, view.payload_length});
    attributes.check(NFULA_HWHEADER, NFLOGCAP_HAS_HW_HEADER,
                     {view.hw_header, view.hw_header_length});
    attributes.check(NFULA_L2HDR, NFLOGCAP_HAS_L2_HEADER, {view.l2_header, view.l2_header_length});
    attributes.check(NFULA_CT, NFLOGCAP_HAS_CT, {view.ct, view.ct_length});
    attributes.find(NFULA_VLAN, NFLOGCAP_HAS_VLAN);
    must((view.present & ~attributes.found_bits() & ~NFLOGCAP_HAS_WIRE_LENGTH) == 0,
         "no unknown bit is set");
}

void check_frame(const nflogcap_packet& view)
{
    constexpr std::size_t vlan_tag = 4;
    constexpr std::uint8_t untouched = 0xa5;
    static std::array<std::uint8_t, 4096> buffer;
    const int length = nflogcap_packet_frame(&view, nullptr, 0);
    must(length >= 0 && static_cast<std::size_t>(length) >= view.payload_length,
         "a frame contains the payload");
    must(static_cast<std::size_t>(length) <=
             std::size_t{view.payload_length} +
                 std::max(view.l2_header_length, view.hw_header_length) + vlan_tag,
         "a frame contains no more than header, tag and payload");
    const std::size_t capacity = std::min(static_cast<std::size_t>(length) / 2, buffer.size() - 1);
    buffer[capacity] = untouched;
    must(nflogcap_packet_frame(&view, buffer.data(), capacity) == length,
         "the returned length does not depend on the capacity");
    must(buffer[capacity] == untouched, "nothing is written beyond the capacity");
}

void check_records(const nflogcap_packet& view)
{
    static std::array<std::uint8_t, nflog::max_frame_bytes> frame;
    for (const nflog::LinkType type :
         {nflog::LinkType::nflog, nflog::LinkType::raw, nflog::LinkType::ethernet}) {
        const auto record = nflog::record_of(view, type, frame);
        must(!record || record->length >= record->bytes.size(),
             "a record is no longer than its packet");
    }
}

void check_clone(const nflogcap_packet& view)
{
    const std::unique_ptr<nflogcap_packet, decltype(&nflogcap_packet_free)> clone(
        nflogcap_packet_clone(&view), &nflogcap_packet_free);
    nflogcap_packet parsed;
    must(clone->message != view.message &&
             nflog::parse_packet(
                 {reinterpret_cast<const std::byte*>(clone->message), clone->message_length},
                 parsed),
         "a clone has a message of its own");
    must(are_equal(*clone, parsed), "a clone equals the parsed copy of its message");
}

} // namespace fuzz
