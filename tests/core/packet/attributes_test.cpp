// SPDX-License-Identifier: GPL-2.0-or-later
#include "attributes.hpp"

#include "message_builder.hpp"

#include "catch.hpp"

#include <string>

using nflog::find_attribute;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::text;

TEST_CASE("any attribute is found by its number, known or not")
{
    const int unknown = 100;
    const Message message = full_message().put(unknown, text("news"));
    const auto found = [&](int type) {
        const auto value = find_attribute(message.body(), static_cast<std::uint16_t>(type));
        return std::string(reinterpret_cast<const char*>(value.data()), value.size());
    };
    CHECK(found(NFULA_PREFIX) == std::string("web: ", 6));
    CHECK(found(NFULA_HWLEN) == std::string("\0\x0e", 2));
    CHECK(found(NFULA_MARK) == "QRST");
    CHECK(found(NFULA_PAYLOAD) == "some payload");
    CHECK(found(unknown) == "news");
}

TEST_CASE("an attribute is found with any flag bits in its type")
{
    for (const int flags :
         {NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_F_NESTED | NLA_F_NET_BYTEORDER}) {
        const Message message = Message().put_be32(NFULA_MARK | flags, 9);
        CHECK(find_attribute(message.body(), NFULA_MARK).size() == 4);
    }
}

TEST_CASE("an absent attribute is not found, but an empty attribute is found")
{
    const Message message = Message().put(NFULA_CT, {});
    CHECK(find_attribute(message.body(), NFULA_PAYLOAD).data() == nullptr);
    CHECK(find_attribute(message.body(), NFULA_CT).data() != nullptr);
    CHECK(find_attribute(message.body(), NFULA_CT).empty());
    CHECK(find_attribute({}, NFULA_CT).data() == nullptr);
    CHECK(find_attribute(Message().body(), NFULA_CT).data() == nullptr);
}

TEST_CASE("if an attribute occurs twice, the last one is found")
{
    const Message message = Message().put(NFULA_CT, text("first")).put(NFULA_CT, text("last"));
    const auto value = find_attribute(message.body(), NFULA_CT);
    CHECK(exact_copy(value) == text("last"));
}

TEST_CASE("a search for attributes stays within a message that is cut anywhere")
{
    const Message message = full_message();
    const std::span<const std::byte> whole = message.body();
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const Bytes copy = exact_copy(whole.first(cut));
        CHECK(find_attribute(copy, NFULA_PAYLOAD).data() == nullptr);
        const auto first = find_attribute(copy, NFULA_PACKET_HDR);
        const bool is_whole = cut >= sizeof(nfgenmsg) + sizeof(nlattr) + 4;
        REQUIRE((first.data() != nullptr) == is_whole);
    }
}
