// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_record.hpp"

#include "frame.hpp"
#include "message_builder.hpp"
#include "message_cursor.hpp"
#include "packet_parser.hpp"
#include "payload.hpp"

#include "catch.hpp"

#include <algorithm>
#include <pcap/dlt.h>

using synthetic::bytes;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::nested;
using synthetic::text;

namespace {

// The message that is made from a record.
Bytes message_of(const nflog::SavefileRecord& record)
{
    Bytes batch;
    nflog::append_message(batch, record);
    nflog::MessageCursor cursor(batch);
    const auto message = cursor.next();
    CHECK_FALSE(cursor.more());
    CHECK(nflog::stamp_ns(message) == record.stamp_ns);
    return exact_copy(message);
}

nflog::SavefileRecord record_of(std::span<const std::byte> bytes, int link_type = DLT_NFLOG)
{
    return {
        .bytes = bytes,
        .stamp_ns = 1'234'567'890'123'456'789,
        .link_type = link_type,
        .is_cut = false,
        .is_other_endian = false,
    };
}

// Swaps the bytes of an attribute's header, so that it has the other byte order.
void turn(Bytes& bytes, std::size_t at)
{
    std::swap(bytes.at(at), bytes.at(at + 1));
    std::swap(bytes.at(at + 2), bytes.at(at + 3));
}

nflogcap_packet view_of(const Bytes& message)
{
    nflogcap_packet view{};
    CHECK(nflog::parse_packet(message, view));
    return view;
}

} // namespace

TEST_CASE("a record of LINKTYPE_NFLOG is the message, byte for byte")
{
    const Message message = full_message();
    CHECK(std::ranges::equal(message_of(record_of(message.body())), message.body()));
}

TEST_CASE("consecutive records are messages, each with its own timestamp")
{
    Bytes batch;
    const Bytes odd = exact_copy(Message().put(NFULA_PREFIX, text("odd")).body().first(11));
    auto record = record_of(odd);
    nflog::append_message(batch, record);
    record.stamp_ns = 7;
    nflog::append_message(batch, record);
    nflog::MessageCursor cursor(batch);
    CHECK(std::ranges::equal(cursor.next(), odd));
    const auto second = cursor.next();
    CHECK(std::ranges::equal(second, odd));
    CHECK(nflog::stamp_ns(second) == 7);
}

TEST_CASE("attributes nested in others are converted, to any depth, as are their siblings")
{
    const auto tuple = nested({{1 | NLA_F_NESTED, nested({{1, bytes({127, 0, 0, 1})}})},
                               {2 | NLA_F_NESTED, nested({{1, bytes({17})}})}});
    Message message;
    message.put(NFULA_CT | NLA_F_NESTED, nested({{1 | NLA_F_NESTED, tuple}, {12, text("id")}}))
        .put(NFULA_MARK, bytes({0, 0, 0, 9}));
    Bytes other = exact_copy(message.body());
    // The offsets of the headers after nfgenmsg (4): CT 4 (libpcap swaps it); tuple 8, ip 12,
    // address 16 with 4 bytes, protocol 24, number 28 with 1 byte and 3 of padding, id 36
    for (const std::size_t at : {8U, 12U, 16U, 24U, 28U, 36U})
        turn(other, at);
    auto record = record_of(other);
    record.is_other_endian = true;
    CHECK(std::ranges::equal(message_of(record), message.body()));
}

TEST_CASE("invalid nested attributes of the other byte order, and their bounds, are left unchanged")
{
    Message message;
    message.put(NFULA_VLAN | NLA_F_NESTED, bytes({0xff, 0xff, 0, 1, 1, 2, 3, 4}))
        .put_be32(NFULA_MARK, 9);
    auto record = record_of(message.body());
    record.is_other_endian = true;
    const Bytes turned = message_of(record);
    CHECK(turned.size() == message.body().size());
    CHECK(std::ranges::equal(std::span(turned).last(8), message.body().last(8)));
}

TEST_CASE("if a snaplen cut a payload, the attribute's length is set to the remaining bytes")
{
    const Message message = synthetic::numbered(7);
    auto record = record_of(message.body().first(message.body().size() - 4));
    record.is_cut = true;
    const Bytes cut = message_of(record);
    const nflogcap_packet view = view_of(cut);
    CHECK(view.payload_length == 4);
    CHECK(std::memcmp(view.payload, "payl", 4) == 0);
    CHECK(view.seq == 7);

    // If the record is not marked as cut, this payload is invalid.
    record.is_cut = false;
    nflogcap_packet none{};
    CHECK_FALSE(nflog::parse_packet(message_of(record), none));
}

TEST_CASE("a record of an IP packet becomes a message with this payload")
{
    const Bytes ipv4 = bytes({0x45, 0, 0, 99, 1, 2, 3});
    const Bytes ipv6 = bytes({0x60, 0, 0, 0, 0, 9, 3});
    for (const int link_type : {DLT_RAW, DLT_IPV4}) {
        const Bytes message = message_of(record_of(ipv4, link_type));
        const nflogcap_packet view = view_of(message);
        CHECK(view.present == (NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_PAYLOAD));
        CHECK(view.family == NFPROTO_IPV4);
        CHECK(view.hw_protocol == 0x0800);
        CHECK(view.wire_length == 99);
        CHECK(std::ranges::equal(std::span(view.payload, view.payload_length),
                                 std::span(reinterpret_cast<const std::uint8_t*>(ipv4.data()), 7)));
    }
    for (const int link_type : {DLT_RAW, DLT_IPV6}) {
        const Bytes message = message_of(record_of(ipv6, link_type));
        const nflogcap_packet view = view_of(message);
        CHECK(view.family == NFPROTO_IPV6);
        CHECK(view.hw_protocol == 0x86dd);
        CHECK(view.wire_length == 40 + 9);
    }
}

namespace {

// A frame with these bytes after the addresses.
Bytes frame_with(const Bytes& rest)
{
    Bytes frame = bytes({1, 2, 3, 4, 5, 6, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f});
    frame.insert(frame.end(), rest.begin(), rest.end());
    return frame;
}

Bytes frame_of(const nflogcap_packet& view)
{
    Bytes frame(nflog::write_frame(view, nullptr, 0));
    nflog::write_frame(view, reinterpret_cast<std::uint8_t*>(frame.data()), frame.size());
    return frame;
}

} // namespace

TEST_CASE("a record of an Ethernet frame becomes a packet like one from netdev ingress")
{
    const Bytes frame = frame_with(bytes({0x08, 0x00, 0x45, 0, 0, 99, 1, 2, 3}));
    const Bytes message = message_of(record_of(frame, DLT_EN10MB));
    const nflogcap_packet view = view_of(message);
    CHECK(view.family == NFPROTO_NETDEV);
    CHECK(view.hook == 0);
    CHECK(view.hw_protocol == 0x0800);
    CHECK(view.hw_type == 1);
    CHECK(view.wire_length == 99);
    CHECK(view.hw_header_length == 14);
    CHECK(std::memcmp(view.hw_header, frame.data(), 14) == 0);
    CHECK(view.hw_address_length == 6);
    CHECK(std::memcmp(view.hw_address, frame.data() + 6, 6) == 0);
    CHECK(view.payload_length == 7);
    CHECK(std::memcmp(view.payload, frame.data() + 14, 7) == 0);
    CHECK((view.present & (NFLOGCAP_HAS_SEQ | NFLOGCAP_HAS_TIMESTAMP | NFLOGCAP_HAS_VLAN)) == 0);
}

TEST_CASE("a packet from an Ethernet file has the same frame as in the file")
{
    const std::initializer_list<Bytes> frames = {
        frame_with(bytes({0x08, 0x00, 0x45, 0, 0, 99, 1, 2, 3})),          // IPv4
        frame_with(bytes({0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1})),           // ARP
        frame_with(bytes({0x81, 0x00, 0x60, 0x2a, 0x86, 0xdd, 0x60, 0})),  // 802.1Q
        frame_with(bytes({0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 8, 0, 0x45})),  // 802.1ad
        frame_with(bytes({0, 3, 0x42, 0x42, 3, 0, 0, 0})),                 // 802.3: LLC
        frame_with(bytes({0, 4, 0xff, 0xff, 0, 0})),                       // 802.3: IPX
        frame_with(bytes({0x88, 0x47, 0, 0, 0x11, 0xff, 0x45, 0, 0, 20})), // MPLS
        frame_with(bytes({0x08, 0x00})),                                   // no payload
        frame_with(bytes({0x81, 0x00})),                                   // half a tag
        Bytes(60),                                                         // zeros
    };
    for (const Bytes& frame : frames) {
        CAPTURE(frame.size());
        const Bytes message = message_of(record_of(frame, DLT_EN10MB));
        const nflogcap_packet view = view_of(message);
        CHECK(nflog::has_ethernet_header(view));
        CHECK(frame_of(view) == frame);
    }
}

TEST_CASE("a VLAN tag of a frame is in the payload, and layer 3 after it")
{
    const Bytes message = message_of(record_of(
        frame_with(bytes({0x81, 0x00, 0x60, 0x2a, 0x08, 0x00, 0x45, 0, 0, 44})), DLT_EN10MB));
    const nflogcap_packet view = view_of(message);
    CHECK(view.hw_protocol == 0x8100);
    CHECK(nflog::layer3(view).ethertype == 0x0800);
    CHECK(nflog::layer3(view).offset == 4);
    CHECK(view.wire_length == 4 + 44);
}

TEST_CASE("a frame with a length in its header has the kernel's number for such frames")
{
    const Bytes message =
        message_of(record_of(frame_with(bytes({0, 3, 0x42, 0x42, 3})), DLT_EN10MB));
    CHECK(view_of(message).hw_protocol == 4); // ETH_P_802_2
}

TEST_CASE(
    "a frame that is shorter than an Ethernet header becomes a message that the parser refuses")
{
    const Bytes frame = frame_with(bytes({0x08, 0x00}));
    for (std::size_t length = 0; length < frame.size(); ++length) {
        CAPTURE(length);
        nflogcap_packet view{};
        CHECK_FALSE(nflog::parse_packet(
            message_of(record_of(std::span(frame).first(length), DLT_EN10MB)), view));
    }
}

TEST_CASE("a payload that is not an IP packet, or empty, has no family")
{
    for (const Bytes& payload : {bytes({0x12, 0x34}), Bytes()}) {
        const Bytes message = message_of(record_of(payload, DLT_RAW));
        const nflogcap_packet view = view_of(message);
        CHECK(view.family == 0);
        CHECK(view.hw_protocol == 0);
        CHECK(view.payload_length == payload.size());
    }
}

TEST_CASE("a payload that is longer than an attribute can be is cut to the kernel's maximum")
{
    Bytes payload(65535);
    payload[0] = std::byte{0x45};
    payload[2] = payload[3] = std::byte{0xff};
    const Bytes message = message_of(record_of(payload, DLT_RAW));
    const nflogcap_packet view = view_of(message);
    CHECK(view.payload_length == 65531);
    CHECK(view.wire_length == 65535);
}

TEST_CASE("a record that is too short for a packet becomes a message that the parser refuses")
{
    for (std::size_t length = 0; length <= sizeof(nfgenmsg); ++length) {
        CAPTURE(length);
        nflogcap_packet view{};
        CHECK_FALSE(
            nflog::parse_packet(message_of(record_of(full_message().body().first(length))), view));
    }
}
