// SPDX-License-Identifier: GPL-2.0-or-later
#include "message_builder.hpp"
#include "message_cursor.hpp"
#include "packet_layout.hpp"
#include "packet_parser.hpp"

#include "catch.hpp"

#include <bit>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

// What is read by a layout that is known is to be, byte for byte, what a walk reads.

using nflog::AttributeTable;
using nflog::PacketLayout;
using nflog::PacketParser;
using synthetic::Bytes;
using synthetic::bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::nested;
using synthetic::numbered;
using synthetic::text;

namespace {

PacketLayout learned(const Message& message)
{
    AttributeTable table;
    REQUIRE(table.walk(message.body()));
    PacketLayout layout;
    layout.learn(message.body(), table);
    return layout;
}

bool fits(PacketLayout& layout, const Message& message)
{
    const Bytes copy = exact_copy(message.body());
    return layout.fits(copy);
}

// Whether the parser finds a message sound. It has seen others before: that must not show.
bool parse_alike(PacketParser& parser, std::span<const std::byte> message)
{
    const Bytes copy = exact_copy(message);
    nflogcap_packet walked;
    nflogcap_packet view;
    std::memset(&view, 0xa5, sizeof view);
    const bool sound = nflog::parse_packet(copy, walked);
    REQUIRE(parser.parse(copy, view) == sound);
    if (sound)
        REQUIRE(std::memcmp(&view, &walked, sizeof view) == 0);
    return sound;
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

// As a rule of a group of its own could log.
std::vector<Message> mixed_messages()
{
    std::vector<Message> messages = {full_message(), numbered(1), with_payload(64)};
    for (const std::size_t length : {0U, 1U, 3U, 4U, 63U, 1400U})
        messages.push_back(with_payload(length));
    Message metadata;
    metadata.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, 1, 0}))
        .put(NFULA_PREFIX, text(std::string_view("no payload", 11)))
        .put_be32(NFULA_SEQ, 7);
    Message conntrack = numbered(2);
    conntrack.put(NFULA_CT, Bytes(600)).put(NFULA_PAYLOAD, text("too far off to be compared"));
    Message twice = full_message();
    twice.put_be32(NFULA_SEQ, 8);
    Message unknown;
    for (int type = 30; type < 70; ++type)
        unknown.put_be16(type, 1);
    Message vlan = numbered(3);
    vlan.put(NFULA_VLAN, nested({{NFULA_VLAN_TCI, bytes({1, 2})}}));
    messages.insert(messages.end(), {metadata, conntrack, twice, unknown, vlan, Message()});
    return messages;
}

// Some attributes, of some lengths, of which most are sound.
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

TEST_CASE("a layout fits messages of other values, and of a payload of another length")
{
    PacketLayout layout = learned(with_payload(64));
    for (const std::size_t length : {0U, 1U, 2U, 3U, 4U, 31U, 64U, 1400U, 65'000U}) {
        CAPTURE(length);
        REQUIRE(fits(layout, with_payload(length)));
        CHECK(layout.table().length(NFULA_PAYLOAD) == length);
    }
}

TEST_CASE("a layout without a payload fits its like alone")
{
    const auto metadata = [](std::string_view prefix) {
        return Message()
            .put(NFULA_PACKET_HDR, bytes({0x08, 0x00, 1, 0}))
            .put(NFULA_PREFIX, text(prefix))
            .put_be32(NFULA_SEQ, 9);
    };
    PacketLayout layout = learned(metadata({"web: ", 6}));
    CHECK(fits(layout, metadata({"ssh: ", 6})));
    CHECK_FALSE(fits(layout, metadata({"web:", 5})));
    CHECK_FALSE(fits(layout, metadata({"web: ", 6}).put(NFULA_PAYLOAD, text("payload"))));
    CHECK_FALSE(fits(layout, metadata({"web: ", 6}).put_be32(NFULA_MARK, 1)));
}

TEST_CASE("a layout fits no message that a walk would not find sound")
{
    const auto message = [](std::string_view prefix, unsigned address, const Bytes& vlan) {
        return Message()
            .put(NFULA_PREFIX, text(prefix))
            .put(NFULA_HWADDR, bytes({0, address, 0, 0, 2, 4, 6, 8, 10, 12, 0, 0}))
            .put(NFULA_VLAN, vlan)
            .put(NFULA_PAYLOAD, text("payload"));
    };
    const Bytes vlan = nested({{NFULA_VLAN_TCI, bytes({0x60, 0x2a})}});
    PacketLayout layout = learned(message({"web: ", 6}, 6, vlan));
    CHECK(fits(layout, message({"ssh: ", 6}, 6, vlan)));
    CHECK_FALSE(fits(layout, message({"web: !", 6}, 6, vlan)));
    CHECK_FALSE(fits(layout, message({"web: ", 6}, 9, vlan)));
    CHECK_FALSE(fits(layout, message({"web: ", 6}, 6, nested({{NFULA_VLAN_TCI, bytes({0x60})}}))));
}

TEST_CASE("what one comparison does not show is not learned")
{
    PacketLayout unlearned;
    CHECK_FALSE(fits(unlearned, Message()));
    CHECK_FALSE(fits(unlearned, with_payload(64)));

    Message ends_early; // a prefix may have its end anywhere
    ends_early.put(NFULA_PREFIX, text({"web\0abcd", 8})).put(NFULA_PAYLOAD, Bytes(64));
    Message twice = with_payload(64); // of the first one nothing is known
    twice.put(NFULA_PAYLOAD, Bytes(64));
    for (const Message& message : {Message(), ends_early, twice}) {
        PacketLayout layout = learned(message);
        CHECK_FALSE(fits(layout, message));

        layout = learned(with_payload(64));
        AttributeTable table;
        REQUIRE(table.walk(message.body()));
        layout.learn(message.body(), table);
        CHECK(fits(layout, with_payload(64)));
    }
}

TEST_CASE("the recorded batch reads alike")
{
    if (std::endian::native != std::endian::little)
        return; // the batch is a little-endian kernel's
    std::ifstream file(RECORDED_BATCH, std::ios::binary);
    const std::string recorded((std::istreambuf_iterator<char>(file)), {});
    PacketParser parser;
    nflog::MessageCursor cursor(std::as_bytes(std::span(recorded)));
    std::size_t packets = 0;
    for (; cursor.more(); ++packets)
        REQUIRE(parse_alike(parser, cursor.next()));
    CHECK(packets == 500);
}

TEST_CASE("messages of many layouts read alike, in any order")
{
    const std::vector<Message> messages = mixed_messages();
    PacketParser parser;
    for (std::size_t stride = 1; stride <= messages.size(); ++stride) {
        for (std::size_t i = 0; i < 200 * messages.size(); ++i)
            parse_alike(parser, messages[i / 3 * stride % messages.size()].body());
    }
}

TEST_CASE("a message reads alike with any byte changed, and cut anywhere")
{
    for (const Message& message : mixed_messages()) {
        PacketParser parser;
        Bytes changed = exact_copy(message.body());
        const std::size_t most = std::min<std::size_t>(changed.size(), 400);
        for (std::size_t at = 0; at < most; ++at) {
            CAPTURE(at);
            const std::byte original = changed[at];
            for (unsigned flip = 1; flip <= 0xff; flip += flip < 8 ? 1 : 31) {
                parse_alike(parser, message.body());
                changed[at] = original ^ static_cast<std::byte>(flip);
                parse_alike(parser, changed);
            }
            changed[at] = original;
        }
        for (std::size_t cut = 0; cut <= message.body().size(); ++cut) {
            CAPTURE(cut);
            parse_alike(parser, message.body());
            parse_alike(parser, message.body().first(cut));
        }
    }
}

TEST_CASE("random attributes read alike")
{
    std::mt19937 random(20'151'004); // always the same ones
    std::size_t sound = 0;
    constexpr std::size_t messages = 5000;
    for (std::size_t i = 0; i < messages; ++i) {
        CAPTURE(i);
        const Message message = random_message(random);
        PacketParser parser; // learns the first that it sees
        sound += parse_alike(parser, message.body()) ? 1U : 0U;
        Bytes changed = exact_copy(message.body());
        for (int change = 0; change < 10; ++change) {
            changed[random() % changed.size()] = static_cast<std::byte>(random() % 32);
            parse_alike(parser, message.body());
            parse_alike(parser, changed);
        }
    }
    CHECK(sound > messages / 10);
    CHECK(sound < messages);
}
