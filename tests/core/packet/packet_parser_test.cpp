// SPDX-License-Identifier: GPL-2.0-or-later
#include "message_builder.hpp"
#include "packet_parser.hpp"

#include "catch.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

using nflog::parse_packet;
using synthetic::bytes;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::nested;
using synthetic::text;

namespace {

constexpr std::size_t generic_header = sizeof(nfgenmsg);
constexpr std::size_t attribute_header = sizeof(nlattr);

constexpr std::uint64_t all_attributes =
    NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_TIMESTAMP | NFLOGCAP_HAS_INDEV | NFLOGCAP_HAS_OUTDEV |
    NFLOGCAP_HAS_PHYSINDEV | NFLOGCAP_HAS_PHYSOUTDEV | NFLOGCAP_HAS_HW_ADDRESS |
    NFLOGCAP_HAS_PAYLOAD | NFLOGCAP_HAS_PREFIX | NFLOGCAP_HAS_UID | NFLOGCAP_HAS_SEQ |
    NFLOGCAP_HAS_SEQ_GLOBAL | NFLOGCAP_HAS_GID | NFLOGCAP_HAS_HW_TYPE | NFLOGCAP_HAS_HW_HEADER |
    NFLOGCAP_HAS_CT | NFLOGCAP_HAS_CT_INFO | NFLOGCAP_HAS_VLAN | NFLOGCAP_HAS_L2_HEADER;
constexpr std::uint64_t all_present = all_attributes | NFLOGCAP_HAS_WIRE_LENGTH;

// A view in which all fields have old values.
nflogcap_packet soiled_view()
{
    nflogcap_packet view;
    std::memset(&view, 0xa5, sizeof view);
    return view;
}

nflogcap_packet parsed(std::span<const std::byte> message)
{
    nflogcap_packet view = soiled_view();
    REQUIRE(parse_packet(message, view));
    return view;
}

nflogcap_packet parsed(const Message& message)
{
    return parsed(message.body());
}

bool sound(std::span<const std::byte> message)
{
    const Bytes copy = exact_copy(message);
    nflogcap_packet view = soiled_view();
    return parse_packet(copy, view);
}

bool sound(const Message& message)
{
    return sound(message.body());
}

std::string bytes_at(const std::uint8_t* from, std::size_t length)
{
    return {reinterpret_cast<const char*>(from), length};
}

// The shortest value of each attribute with a fixed form.
struct Shape {
    int type;
    std::size_t length;
    std::uint64_t present;
};

constexpr std::initializer_list<Shape> shapes = {
    {NFULA_PACKET_HDR, 4, 0},
    {NFULA_MARK, 4, NFLOGCAP_HAS_MARK},
    {NFULA_TIMESTAMP, 16, NFLOGCAP_HAS_TIMESTAMP},
    {NFULA_IFINDEX_INDEV, 4, NFLOGCAP_HAS_INDEV},
    {NFULA_IFINDEX_OUTDEV, 4, NFLOGCAP_HAS_OUTDEV},
    {NFULA_IFINDEX_PHYSINDEV, 4, NFLOGCAP_HAS_PHYSINDEV},
    {NFULA_IFINDEX_PHYSOUTDEV, 4, NFLOGCAP_HAS_PHYSOUTDEV},
    {NFULA_HWADDR, 12, NFLOGCAP_HAS_HW_ADDRESS},
    {NFULA_UID, 4, NFLOGCAP_HAS_UID},
    {NFULA_SEQ, 4, NFLOGCAP_HAS_SEQ},
    {NFULA_SEQ_GLOBAL, 4, NFLOGCAP_HAS_SEQ_GLOBAL},
    {NFULA_GID, 4, NFLOGCAP_HAS_GID},
    {NFULA_HWTYPE, 2, NFLOGCAP_HAS_HW_TYPE},
    {NFULA_CT_INFO, 4, NFLOGCAP_HAS_CT_INFO},
};

} // namespace

TEST_CASE("every attribute is read into its field")
{
    const Message message = full_message();
    const nflogcap_packet view = parsed(message);

    CHECK(view.present == all_present);
    CHECK(view.group == 0xabcd);
    CHECK(view.family == NFPROTO_BRIDGE);
    CHECK(view.hw_protocol == 0x86dd);
    CHECK(view.hook == 3);
    CHECK(view.mark == 0x51525354);
    CHECK(view.timestamp_ns == 0x65432101 * UINT64_C(1'000'000'000) + UINT64_C(999'999'000));
    CHECK(view.indev == 0x11121314);
    CHECK(view.physindev == 0x21222324);
    CHECK(view.outdev == 0x31323334);
    CHECK(view.physoutdev == 0x41424344);
    CHECK(bytes_at(view.hw_address, view.hw_address_length) == "\x02\x04\x06\x08\x0a\x0c");
    CHECK(view.hw_type == 772);
    CHECK(bytes_at(view.hw_header, view.hw_header_length) == "the-hw-header!");
    CHECK(std::string(view.prefix) == "web: ");
    CHECK(view.uid == 1000);
    CHECK(view.gid == 0xfffffffe);
    CHECK(view.seq == 0x61626364);
    CHECK(view.seq_global == 0x71727374);
    CHECK(bytes_at(view.ct, view.ct_length) == "conntrack");
    CHECK(view.ct_info == 2);
    CHECK(view.vlan_tci == 0x602a);
    CHECK(view.vlan_protocol == 0x88a8);
    CHECK(bytes_at(view.l2_header, view.l2_header_length) == "the-l2-header!");
    CHECK(bytes_at(view.payload, view.payload_length) == "some payload");
    CHECK(view.message == reinterpret_cast<const std::uint8_t*>(message.body().data()));
    CHECK(view.message_length == message.body().size());
    CHECK(view.lost_before == 0);
}

TEST_CASE("the wire length is that of the IP header in the payload")
{
    Message message;
    message.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, 0, 0}))
        .put(NFULA_PAYLOAD, bytes({0x45, 0, 0x05, 0xdc, 0, 0, 0, 0}));
    const nflogcap_packet view = parsed(message);
    CHECK(view.payload_length == 8);
    CHECK(view.wire_length == 1500);
}

TEST_CASE("an absent field is 0, whatever the view contained before")
{
    const Message message(7, NFPROTO_IPV6);
    nflogcap_packet expected{};
    expected.group = 7;
    expected.family = NFPROTO_IPV6;
    expected.message = reinterpret_cast<const std::uint8_t*>(message.body().data());
    expected.message_length = generic_header;

    nflogcap_packet view = soiled_view();
    SECTION("garbage") {}
    SECTION("a packet that had all fields")
    {
        REQUIRE(parse_packet(full_message().body(), view));
        REQUIRE(view.present == all_present);
    }
    REQUIRE(parse_packet(message.body(), view));
    CHECK(std::memcmp(&view, &expected, sizeof view) == 0);
}

TEST_CASE("each attribute sets its own bit of `present`")
{
    for (const auto& [type, length, present] : shapes) {
        CAPTURE(type);
        CHECK(parsed(Message().put(type, Bytes(length))).present == present);
    }
    CHECK(parsed(Message().put(NFULA_PAYLOAD, {})).present == NFLOGCAP_HAS_PAYLOAD);
    CHECK(parsed(Message().put(NFULA_PREFIX, Bytes(1))).present == NFLOGCAP_HAS_PREFIX);
    CHECK(parsed(Message().put(NFULA_HWHEADER, {})).present == NFLOGCAP_HAS_HW_HEADER);
    CHECK(parsed(Message().put(NFULA_HWLEN, Bytes(2))).present == 0);
    CHECK(parsed(Message().put(NFULA_CT, {})).present == NFLOGCAP_HAS_CT);
    CHECK(parsed(Message().put(NFULA_L2HDR, {})).present == NFLOGCAP_HAS_L2_HEADER);
}

TEST_CASE("the bit of an attribute is its NFULA number")
{
    for (const auto& [type, length, present] : shapes) {
        if (present != 0)
            CHECK(present == UINT64_C(1) << type);
    }
    CHECK(NFLOGCAP_HAS_PAYLOAD == UINT64_C(1) << NFULA_PAYLOAD);
    CHECK(NFLOGCAP_HAS_PREFIX == UINT64_C(1) << NFULA_PREFIX);
    CHECK(NFLOGCAP_HAS_HW_HEADER == UINT64_C(1) << NFULA_HWHEADER);
    CHECK(NFLOGCAP_HAS_CT == UINT64_C(1) << NFULA_CT);
    CHECK(NFLOGCAP_HAS_VLAN == UINT64_C(1) << NFULA_VLAN);
    CHECK(NFLOGCAP_HAS_L2_HEADER == UINT64_C(1) << NFULA_L2HDR);
}

TEST_CASE("an attribute that is too short for its type is malformed")
{
    for (const auto& [type, length, present] : shapes) {
        for (std::size_t shorter = 0; shorter < length; ++shorter) {
            CAPTURE(type, shorter);
            CHECK_FALSE(sound(Message().put(type, Bytes(shorter))));
        }
    }
}

TEST_CASE("an attribute that is longer than its type is read up to the known size")
{
    for (const auto& [type, length, present] : shapes) {
        CAPTURE(type);
        CHECK(parsed(Message().put(type, Bytes(length + 8))).present == present);
    }
    const Message grown = Message().put(NFULA_MARK, bytes({1, 2, 3, 4, 5, 6, 7, 8}));
    CHECK(parsed(grown).mark == 0x01020304);
}

TEST_CASE("a link-layer address that is longer than its attribute is malformed")
{
    const auto with_length = [](unsigned high, unsigned low) {
        return Message().put(NFULA_HWADDR, bytes({high, low, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}));
    };
    CHECK(parsed(with_length(0, 0)).hw_address_length == 0);
    CHECK(parsed(with_length(0, 8)).hw_address_length == 8);
    CHECK_FALSE(sound(with_length(0, 9)));
    CHECK_FALSE(sound(with_length(0xff, 0xff)));
}

TEST_CASE("a prefix can have any length")
{
    for (const std::size_t length : std::initializer_list<std::size_t>{0, 1, 63, 64, 126, 127}) {
        const std::string prefix(length, 'p');
        const Message message = Message().put(NFULA_PREFIX, text({prefix.c_str(), length + 1}));
        CHECK(std::string(parsed(message).prefix) == prefix);
    }
}

TEST_CASE("a prefix without its NUL is malformed")
{
    for (const std::size_t length : std::initializer_list<std::size_t>{0, 1, 3, 4, 64, 127, 128}) {
        CAPTURE(length);
        CHECK_FALSE(sound(Message().put(NFULA_PREFIX, text(std::string(length, 'p')))));
    }
}

TEST_CASE("a length that no attribute can have is malformed")
{
    const auto claiming = [](std::uint16_t length) {
        return Message().put_be32(NFULA_SEQ, 1).put_claiming(NFULA_MARK, length, Bytes(4));
    };
    for (const std::uint16_t length :
         std::initializer_list<std::uint16_t>{0, 1, 2, 3, 9, 10, 100, 0xffff}) {
        CAPTURE(length);
        CHECK_FALSE(sound(claiming(length)));
    }
    CHECK(sound(claiming(8)));
}

TEST_CASE("a message that is cut anywhere gives its complete attributes or is malformed")
{
    const Message message = full_message();
    const std::span<const std::byte> whole = message.body();

    // For each attribute: the end of its value, the end of its padding, and the bits of `present`
    // up to it.
    struct End {
        std::size_t value;
        std::size_t padding;
        std::uint64_t present;
    };
    std::vector<End> ends = {{generic_header, generic_header, 0}};
    while (ends.back().padding < whole.size()) {
        const std::size_t begin = ends.back().padding;
        nlattr attribute;
        std::memcpy(&attribute, &whole[begin], sizeof attribute);
        const std::uint64_t bit =
            UINT64_C(1) << (attribute.nla_type & NLA_TYPE_MASK) & all_attributes;
        ends.push_back({begin + attribute.nla_len, begin + NLA_ALIGN(attribute.nla_len),
                        ends.back().present | bit});
    }
    REQUIRE(ends.back().padding == whole.size());
    REQUIRE(ends.back().present == all_attributes);

    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        CAPTURE(cut);
        const Bytes copy = exact_copy(whole.first(cut));
        const auto last_whole = std::ranges::find_if(
            ends, [&](const End& end) { return end.value <= cut && cut <= end.padding; });
        nflogcap_packet view = soiled_view();
        const bool is_sound = parse_packet(copy, view);
        REQUIRE(is_sound == (last_whole != ends.end()));
        if (is_sound)
            REQUIRE((view.present & all_attributes) == last_whole->present);
    }
}

TEST_CASE("a message is read at any alignment")
{
    const Message message = full_message();
    for (std::size_t offset = 0; offset < 8; ++offset) {
        Bytes room(offset + message.body().size());
        std::ranges::copy(message.body(), room.begin() + static_cast<std::ptrdiff_t>(offset));
        const nflogcap_packet view = parsed(std::span<const std::byte>(room).subspan(offset));
        CHECK(view.present == all_present);
        CHECK(view.timestamp_ns == parsed(message).timestamp_ns);
        CHECK(std::string(view.prefix) == "web: ");
    }
}

TEST_CASE("if an attribute occurs twice, the last one counts")
{
    Message message;
    message.put_be32(NFULA_MARK, 1)
        .put(NFULA_PREFIX, text(std::string_view("first", 6)))
        .put(NFULA_PAYLOAD, text("first payload"))
        .put_be32(NFULA_MARK, 2)
        .put(NFULA_PREFIX, text(std::string_view("last", 5)))
        .put(NFULA_PAYLOAD, text("last"));
    const nflogcap_packet view = parsed(message);
    CHECK(view.mark == 2);
    CHECK(std::string(view.prefix) == "last");
    CHECK(bytes_at(view.payload, view.payload_length) == "last");
}

TEST_CASE("attributes that have no field are skipped, whatever their length")
{
    const int just_above = NFULA_L2HDR + 1;
    for (const int type : {int{NFULA_UNSPEC}, int{NFULA_HWLEN}, just_above, 64, 0x3fff}) {
        for (const std::size_t length : std::initializer_list<std::size_t>{0, 1, 2, 3, 4, 5, 300}) {
            CAPTURE(type, length);
            Message message;
            message.put_be32(NFULA_MARK, 1).put(type, Bytes(length)).put_be32(NFULA_SEQ, 2);
            const nflogcap_packet view = parsed(message);
            CHECK(view.present == (NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_SEQ));
            CHECK(view.mark == 1);
            CHECK(view.seq == 2);
        }
    }
}

TEST_CASE("the flag bits of an attribute's type do not hide it")
{
    for (const int flags :
         {NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_F_NESTED | NLA_F_NET_BYTEORDER}) {
        const Message message = Message().put_be32(NFULA_MARK | flags, 9);
        CHECK(parsed(message).mark == 9);
    }
}

TEST_CASE("a VLAN tag is read in either order of its parts, nested flag or not")
{
    const Bytes tci = bytes({0x0f, 0xff});
    const Bytes protocol = bytes({0x81, 0x00});
    for (const int type : {int{NFULA_VLAN}, NFULA_VLAN | NLA_F_NESTED}) {
        for (const Bytes& value : {nested({{NFULA_VLAN_TCI, tci}, {NFULA_VLAN_PROTO, protocol}}),
                                   nested({{NFULA_VLAN_PROTO, protocol}, {NFULA_VLAN_TCI, tci}})}) {
            const nflogcap_packet view = parsed(Message().put(type, value));
            CHECK(view.present == NFLOGCAP_HAS_VLAN);
            CHECK(view.vlan_tci == 0x0fff);
            CHECK(view.vlan_protocol == 0x8100);
        }
    }
}

TEST_CASE("a VLAN tag that is cut or too short is malformed")
{
    const auto vlan = [](const Bytes& value) { return Message().put(NFULA_VLAN, value); };
    const Bytes whole =
        nested({{NFULA_VLAN_TCI, bytes({0, 1})}, {NFULA_VLAN_PROTO, bytes({0x81, 0})}});
    REQUIRE(sound(vlan(whole)));
    for (const std::size_t cut :
         std::initializer_list<std::size_t>{1, 2, 3, 4, 5, 9, 10, 11, 12, 13}) {
        CAPTURE(cut);
        CHECK_FALSE(sound(vlan(exact_copy(std::span<const std::byte>(whole).first(cut)))));
    }
    CHECK_FALSE(sound(vlan(nested({{NFULA_VLAN_TCI, bytes({1})}}))));
    CHECK_FALSE(sound(vlan(nested({{NFULA_VLAN_PROTO, {}}}))));
    for (const unsigned length : {0U, 3U, 7U, 200U}) {
        CAPTURE(length);
        Bytes claiming = nested({{NFULA_VLAN_TCI, bytes({0, 1})}});
        const auto claimed = static_cast<std::uint16_t>(length);
        std::memcpy(claiming.data(), &claimed, sizeof claimed);
        // The attribute must end before its padding, so that a claimed length of 7 exceeds the end.
        claiming.resize(attribute_header + 2);
        CHECK_FALSE(sound(vlan(claiming)));
    }
}

TEST_CASE("unknown parts of a VLAN tag are skipped")
{
    const Bytes value = nested(
        {{NFULA_VLAN_TCI, bytes({0, 1})}, {3, bytes({7})}, {NFULA_VLAN_PROTO, bytes({0x81, 0})}});
    const nflogcap_packet view = parsed(Message().put(NFULA_VLAN, value));
    CHECK(view.vlan_tci == 1);
    CHECK(view.vlan_protocol == 0x8100);
}

TEST_CASE("of two VLAN attributes only the last one counts")
{
    Message message;
    message
        .put(NFULA_VLAN,
             nested({{NFULA_VLAN_TCI, bytes({0, 1})}, {NFULA_VLAN_PROTO, bytes({0x81, 0})}}))
        .put(NFULA_VLAN, nested({{NFULA_VLAN_TCI, bytes({0, 2})}}));
    const nflogcap_packet view = parsed(message);
    CHECK(view.vlan_tci == 2);
    CHECK(view.vlan_protocol == 0);
}

TEST_CASE("the longest payload that an attribute can hold is read completely")
{
    constexpr std::size_t longest = 65531;
    const Message message = Message().put(NFULA_PAYLOAD, Bytes(longest));
    CHECK(parsed(message).payload_length == longest);
    CHECK(parsed(exact_copy(message.body())).payload_length == longest);
}
