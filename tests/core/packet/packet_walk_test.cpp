// SPDX-License-Identifier: GPL-2.0-or-later
#include "message_builder.hpp"
#include "message_cursor.hpp"
#include "packet_parser.hpp"
#include "project_file.hpp"
#include "recorded.hpp"
#include "walk_packet.hpp"

#include "catch.hpp"

#include <filesystem>
#include <functional>
#include <random>
#include <set>

// The parser has a fast path for attributes in the kernel's order, and leaves other attributes to
// the general walk. The result must equal that of the general walk alone, in every byte.

using synthetic::Bytes;
using synthetic::bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::nested;
using synthetic::numbered;
using synthetic::text;

namespace {

// Parses the message in both ways and compares the results. Returns whether the message is valid.
bool parse_alike(std::span<const std::byte> message)
{
    const Bytes copy = exact_copy(message);
    nflogcap_packet expected;
    nflogcap_packet view;
    std::memset(&view, 0xa5, sizeof view);
    const bool is_valid = walked::walk_packet(copy, expected);
    REQUIRE(nflog::parse_packet(copy, view) == is_valid);
    if (is_valid)
        REQUIRE(std::memcmp(&view, &expected, sizeof view) == 0);
    return is_valid;
}

// The attributes of a message in the kernel's order. Attributes of a physical device can be at two
// places.
using Put = std::function<void(Message&)>;
std::vector<Put> in_kernel_order()
{
    const auto number = [](int type) { return [=](Message& m) { m.put_be32(type, 0x01020304); }; };
    const auto value = [](int type, const Bytes& bytes) {
        return [=](Message& m) { m.put(type, bytes); };
    };
    const Bytes vlan = nested({{NFULA_VLAN_TCI, text("12")}, {NFULA_VLAN_PROTO, text("34")}});
    return {value(NFULA_PACKET_HDR, bytes({0x08, 0x00, 1, 0})),
            value(NFULA_PREFIX, text(std::string_view("web: ", 6))),
            number(NFULA_IFINDEX_PHYSINDEV),
            number(NFULA_IFINDEX_INDEV),
            number(NFULA_IFINDEX_PHYSINDEV),
            number(NFULA_IFINDEX_PHYSOUTDEV),
            number(NFULA_IFINDEX_OUTDEV),
            number(NFULA_IFINDEX_PHYSOUTDEV),
            number(NFULA_MARK),
            value(NFULA_HWADDR, bytes({0, 6, 0, 0, 2, 4, 6, 8, 10, 12, 0, 0})),
            value(NFULA_HWTYPE, text("12")),
            value(NFULA_HWLEN, text("12")),
            value(NFULA_HWHEADER, Bytes(14)),
            value(NFULA_TIMESTAMP, text("0123456789abcdef")),
            number(NFULA_UID),
            number(NFULA_GID),
            number(NFULA_SEQ),
            number(NFULA_SEQ_GLOBAL),
            value(NFULA_CT | NLA_F_NESTED, Bytes(600)),
            number(NFULA_CT_INFO),
            value(NFULA_VLAN | NLA_F_NESTED, vlan),
            value(NFULA_L2HDR, Bytes(14)),
            value(NFULA_PAYLOAD, Bytes(64, std::byte{0x45}))};
}

Message with_payload(std::size_t length)
{
    Message message;
    message.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, 1, 0}))
        .put(NFULA_PREFIX, text(std::string_view("web: ", 6)))
        .put_be32(NFULA_SEQ, static_cast<std::uint32_t>(length))
        .put(NFULA_PAYLOAD, Bytes(length, std::byte{0x45}));
    return message;
}

std::vector<Message> various_messages()
{
    std::vector<Message> messages = {full_message(), numbered(1), Message()};
    for (const std::size_t length : {0U, 1U, 3U, 4U, 63U, 64U, 1400U})
        messages.push_back(with_payload(length));
    Message ends_early; // a prefix may have its NUL anywhere
    ends_early.put(NFULA_PACKET_HDR, Bytes(4)).put(NFULA_PREFIX, text({"web\0abcd", 8}));
    Message twice = full_message();
    twice.put_be32(NFULA_SEQ, 8);
    Message unknown;
    for (int type = 30; type < 70; ++type)
        unknown.put_be16(type, 1);
    messages.insert(messages.end(), {ends_early, twice, unknown});
    Message in_order;
    for (const Put& put : in_kernel_order())
        put(in_order);
    messages.push_back(in_order);
    return messages;
}

// A message with random attributes of various lengths. Most of them are valid.
Message random_message(std::mt19937& random)
{
    const auto below = [&](std::uint32_t limit) {
        return static_cast<std::uint32_t>(random() % limit);
    };
    Message message(static_cast<std::uint16_t>(random()),
                    below(2) == 0 ? NFPROTO_IPV4 : NFPROTO_ARP);
    for (std::uint32_t n = below(12); n > 0; --n) {
        const int type = static_cast<int>(below(NFULA_L2HDR + 3));
        Bytes value(below(8) == 0 ? below(40) : 16);
        for (std::byte& byte : value)
            byte = static_cast<std::byte>(below(4));
        if (type == NFULA_VLAN && below(4) != 0)
            value = nested({{NFULA_VLAN_TCI, text("12")}, {NFULA_VLAN_PROTO, text("34")}});
        message.put(below(16) == 0 ? type | NLA_F_NESTED : type, value);
    }
    if (below(4) != 0)
        message.put(NFULA_PAYLOAD, Bytes(below(100)));
    return message;
}

} // namespace

TEST_CASE("the recorded batch has the same values on every machine, and with the general walk")
{
    const Bytes batch = recorded::read(project_file("bench/500-packets.batch"));
    nflog::MessageCursor cursor(batch);
    std::uint32_t packets = 0;
    for (; cursor.more(); ++packets) {
        const auto message = cursor.next();
        nflogcap_packet view;
        REQUIRE(parse_alike(message));
        REQUIRE(nflog::parse_packet(message, view));
        REQUIRE(view.group == 5);
        REQUIRE(view.family == NFPROTO_IPV4);
        REQUIRE(view.hook == NF_INET_PRE_ROUTING);
        REQUIRE(view.hw_protocol == 0x0800);
        REQUIRE(view.hw_type == 772);
        REQUIRE(view.hw_header_length == 14);
        REQUIRE(view.indev == 1);
        REQUIRE(view.seq == packets);
        REQUIRE(view.payload_length == 92);
        REQUIRE(view.wire_length == 92);
        REQUIRE(view.timestamp_ns % 1000 == 0);
    }
    CHECK(packets == 500);
    CHECK(cursor.take_fragments() == 0);
}

TEST_CASE("packets of every family and hook give the same values with the general walk")
{
    std::size_t messages = 0;
    std::size_t valid = 0;
    std::set<std::uint8_t> families;
    for (const auto& file :
         std::filesystem::directory_iterator(project_file("tests/fuzz/corpus/parser"))) {
        CAPTURE(file.path());
        const Bytes batch = recorded::read(file.path());
        if (batch.size() <= NLMSG_HDRLEN)
            continue;
        const auto message = std::span(batch).subspan(NLMSG_HDRLEN);
        ++messages;
        if (!parse_alike(message))
            continue;
        ++valid;
        nflogcap_packet view;
        REQUIRE(nflog::parse_packet(message, view));
        families.insert(view.family);
    }
    CHECK(messages > 80);
    CHECK(valid > 60);
    for (const std::uint8_t family :
         {NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_BRIDGE, NFPROTO_ARP, NFPROTO_NETDEV})
        CHECK(families.contains(family));
}

TEST_CASE("attributes in the kernel's order give the same values with the general walk, with any "
          "of them missing")
{
    const std::vector<Put> attributes = in_kernel_order();
    std::mt19937 random(1);
    for (std::size_t i = 0; i < 20'000; ++i) {
        // The first messages lack one attribute, or have one attribute twice. The others have a
        // random selection.
        const std::size_t odd = i / 2;
        const bool few_change = odd < attributes.size();
        const auto any = static_cast<std::uint32_t>(random());
        Message message;
        for (std::size_t at = 0; at < attributes.size(); ++at) {
            const bool is_there = few_change ? at != odd || i % 2 != 0 : (any >> at & 1) != 0;
            if (is_there)
                attributes[at](message);
            if (few_change && at == odd && i % 2 != 0)
                attributes[at](message);
        }
        CAPTURE(i);
        REQUIRE(parse_alike(message.body()));
    }
}

TEST_CASE("two swapped attributes give the same values with the general walk")
{
    const std::vector<Put> attributes = in_kernel_order();
    for (std::size_t first = 0; first < attributes.size(); ++first) {
        for (std::size_t second = 0; second < first; ++second) {
            std::vector<Put> order = attributes;
            std::swap(order[first], order[second]);
            Message message;
            for (const Put& put : order)
                put(message);
            REQUIRE(parse_alike(message.body()));
        }
    }
}

TEST_CASE(
    "a message with any byte changed, or cut anywhere, gives the same values with the general walk")
{
    for (const Message& message : various_messages()) {
        REQUIRE(parse_alike(message.body()));
        Bytes changed = exact_copy(message.body());
        const std::size_t end = std::min<std::size_t>(changed.size(), 400);
        for (std::size_t at = 0; at < end; ++at) {
            CAPTURE(at);
            const std::byte original = changed[at];
            for (unsigned flip = 1; flip <= 0xff; flip += flip < 8 ? 1 : 31) {
                changed[at] = original ^ static_cast<std::byte>(flip);
                parse_alike(changed);
            }
            changed[at] = original;
        }
        for (std::size_t cut = 0; cut < message.body().size(); ++cut) {
            CAPTURE(cut);
            parse_alike(message.body().first(cut));
        }
    }
}

TEST_CASE("random attributes give the same values with the general walk")
{
    std::mt19937 random(20'151'004); // a fixed seed: always the same messages
    std::size_t valid = 0;
    constexpr std::size_t messages = 5000;
    for (std::size_t i = 0; i < messages; ++i) {
        CAPTURE(i);
        const Message message = random_message(random);
        valid += parse_alike(message.body()) ? 1U : 0U;
        Bytes changed = exact_copy(message.body());
        for (int change = 0; change < 10; ++change) {
            changed[random() % changed.size()] = static_cast<std::byte>(random() % 32);
            parse_alike(changed);
        }
    }
    CHECK(valid > messages / 10);
    CHECK(valid < messages);
}
