// SPDX-License-Identifier: GPL-2.0-or-later
// Clone, attribute and frame, with a packet that is built here.
#include "message_builder.hpp"

#include "catch.hpp"

#include <cerrno>
#include <memory>
#include <nflogcap.h>
#include <span>
#include <string>

using synthetic::bytes;
using synthetic::Bytes;
using synthetic::Message;
using synthetic::text;

namespace {

struct Free {
    void operator()(nflogcap_packet* packet) const noexcept { nflogcap_packet_free(packet); }
};
using Clone = std::unique_ptr<nflogcap_packet, Free>;

std::string string_at(const void* from, std::size_t length)
{
    return {static_cast<const char*>(from), length};
}

constexpr const char* ethernet = "DDDDDDSSSSSS\x08"; // and a 0: the EtherType of IPv4

// A bridged packet, and the message that it borrows from.
class Borrowed {
public:
    Borrowed() : message_(5, NFPROTO_BRIDGE)
    {
        message_.put(NFULA_PREFIX, text(std::string_view("bridged", 8)))
            .put(NFULA_HWADDR, bytes({0, 6, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0}))
            .put(NFULA_HWHEADER, text("a hardware header"))
            .put(NFULA_CT, text("conntrack"))
            .put(NFULA_L2HDR, text({ethernet, 14}))
            .put(unknown, text("unheard of"))
            .put(NFULA_PAYLOAD, text("payload"));
        packet_.message = reinterpret_cast<const std::uint8_t*>(message_.body().data());
        packet_.message_length = static_cast<std::uint32_t>(message_.body().size());
        packet_.family = NFPROTO_BRIDGE;
        packet_.present = NFLOGCAP_HAS_PREFIX | NFLOGCAP_HAS_HW_ADDRESS | NFLOGCAP_HAS_HW_HEADER |
                          NFLOGCAP_HAS_CT | NFLOGCAP_HAS_L2_HEADER | NFLOGCAP_HAS_PAYLOAD |
                          NFLOGCAP_HAS_VLAN;
        packet_.prefix = reinterpret_cast<const char*>(value(NFULA_PREFIX));
        packet_.hw_address = value(NFULA_HWADDR) + 4;
        packet_.hw_address_length = 6;
        packet_.hw_header = value(NFULA_HWHEADER);
        packet_.hw_header_length = 17;
        packet_.ct = value(NFULA_CT);
        packet_.ct_length = 9;
        packet_.l2_header = value(NFULA_L2HDR);
        packet_.l2_header_length = 14;
        packet_.payload = value(NFULA_PAYLOAD);
        packet_.payload_length = 7;
        packet_.vlan_protocol = 0x8100;
        packet_.vlan_tci = 0x0102;
        packet_.seq = 77;
        packet_.lost_before = 3;
    }

    static constexpr std::uint16_t unknown = 300;

    [[nodiscard]] const nflogcap_packet* get() const { return &packet_; }

private:
    const std::uint8_t* value(std::uint16_t type)
    {
        std::size_t length = 0;
        const void* found = nflogcap_packet_attribute(&packet_, type, &length);
        REQUIRE(found != nullptr);
        return static_cast<const std::uint8_t*>(found);
    }

    Message message_;
    nflogcap_packet packet_{};
};

} // namespace

TEST_CASE("a clone of NULL is NULL, and freeing NULL is harmless")
{
    CHECK(nflogcap_packet_clone(nullptr) == nullptr);
    nflogcap_packet_free(nullptr);
}

TEST_CASE("a clone keeps all data after its source is gone")
{
    auto original = std::make_unique<Borrowed>();
    Clone first(nflogcap_packet_clone(original->get()));
    REQUIRE(first);
    original.reset();
    const Clone clone(nflogcap_packet_clone(first.get())); // a clone of a clone, which is freed too
    REQUIRE(clone);
    first.reset();

    CHECK(std::string(clone->prefix) == "bridged");
    CHECK(string_at(clone->hw_address, clone->hw_address_length) == "\x01\x02\x03\x04\x05\x06");
    CHECK(string_at(clone->hw_header, clone->hw_header_length) == "a hardware header");
    CHECK(string_at(clone->ct, clone->ct_length) == "conntrack");
    CHECK(string_at(clone->l2_header, clone->l2_header_length) == string_at(ethernet, 14));
    CHECK(string_at(clone->payload, clone->payload_length) == "payload");
    CHECK(clone->seq == 77);
    CHECK(clone->lost_before == 3);
    std::size_t length = 0;
    const void* found = nflogcap_packet_attribute(clone.get(), Borrowed::unknown, &length);
    REQUIRE(found != nullptr);
    CHECK(string_at(found, length) == "unheard of");
}

namespace {

Clone parsed(std::span<const std::byte> record, std::uint64_t time_ns)
{
    nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_packet_parse(&packet, record.data(), record.size(), time_ns) == 0);
    return Clone(packet);
}

Message stamped()
{
    return Message(7, NFPROTO_IPV4)
        .put(NFULA_PACKET_HDR, bytes({8, 0, 1, 0}))
        .put(NFULA_TIMESTAMP, bytes({0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5}))
        .put_be32(NFULA_MARK, 9)
        .put(NFULA_PAYLOAD, text("payload"));
}

} // namespace

TEST_CASE("a record is parsed into a packet that keeps its own bytes")
{
    auto message = std::make_unique<Message>(stamped());
    const std::string record = string_at(message->body().data(), message->body().size());
    const Clone packet = parsed(message->body(), 2'000'005'000);
    message.reset();
    CHECK(packet->group == 7);
    CHECK(packet->mark == 9);
    CHECK(string_at(packet->payload, packet->payload_length) == "payload");
    CHECK(string_at(packet->message, packet->message_length) == record);
    CHECK(packet->timestamp_ns == 2'000'005'000);
    CHECK((packet->present & NFLOGCAP_HAS_TIMESTAMP) != 0);
    const Clone moved =
        parsed({reinterpret_cast<const std::byte*>(record.data()), record.size()}, 1);
    CHECK(moved->timestamp_ns == 1);
    CHECK((moved->present & NFLOGCAP_HAS_TIMESTAMP) == 0);
}

TEST_CASE("a record that a snaplen cut within its payload is parsed up to the cut")
{
    const Message message = stamped();
    const Clone packet = parsed(message.body().first(message.body().size() - 4), 1); // and padding
    CHECK(string_at(packet->payload, packet->payload_length) == "payl");
    nflogcap_packet* none = nullptr;
    CHECK(nflogcap_packet_parse(&none, message.body().data(), 14, 1) == -EBADMSG);
    CHECK(none == nullptr);
}

TEST_CASE("a record of the other byte order is parsed like one of this machine's order")
{
    // As written by a machine of the other byte order: the headers of the attributes are swapped,
    // and so are those within NFULA_VLAN; the values are in network order on both.
    const auto turned = [](std::uint16_t length, unsigned type, const Bytes& value) {
        const std::uint16_t header[] = {__builtin_bswap16(length),
                                        __builtin_bswap16(static_cast<std::uint16_t>(type))};
        Bytes all = text({reinterpret_cast<const char*>(header), sizeof header});
        all.insert(all.end(), value.begin(), value.end());
        all.resize((all.size() + 3) / 4 * 4);
        return all;
    };
    Bytes vlan = turned(6, NFULA_VLAN_PROTO, bytes({0x81, 0}));
    const Bytes tci = turned(6, NFULA_VLAN_TCI, bytes({0, 5}));
    vlan.insert(vlan.end(), tci.begin(), tci.end());
    Bytes record = bytes({NFPROTO_BRIDGE, 0, 0, 7});
    for (const Bytes& attribute :
         {turned(8, NFULA_PACKET_HDR, bytes({8, 0, 1, 0})),
          turned(8, NFULA_MARK, bytes({0, 0, 0, 9})), turned(20, NFULA_VLAN | NLA_F_NESTED, vlan),
          turned(11, NFULA_PAYLOAD, text("payload"))})
        record.insert(record.end(), attribute.begin(), attribute.end());
    const Clone packet = parsed(record, 1);
    CHECK(packet->group == 7);
    CHECK(packet->mark == 9);
    CHECK(packet->vlan_tci == 5);
    CHECK(string_at(packet->payload, packet->payload_length) == "payload");
}

TEST_CASE("a clone points only into itself")
{
    const Borrowed borrowed;
    const Clone clone(nflogcap_packet_clone(borrowed.get()));
    REQUIRE(clone);
    const auto offset = [](const nflogcap_packet* packet, const void* pointer) {
        return static_cast<const std::uint8_t*>(pointer) - packet->message;
    };
    const auto same_place = [&](auto nflogcap_packet::*field) {
        return offset(clone.get(), clone.get()->*field) ==
               offset(borrowed.get(), borrowed.get()->*field);
    };
    CHECK(clone->message != borrowed.get()->message);
    CHECK(same_place(&nflogcap_packet::payload));
    CHECK(same_place(&nflogcap_packet::prefix));
    CHECK(same_place(&nflogcap_packet::hw_address));
    CHECK(same_place(&nflogcap_packet::hw_header));
    CHECK(same_place(&nflogcap_packet::l2_header));
    CHECK(same_place(&nflogcap_packet::ct));
}

TEST_CASE("a clone has NULL where the packet has NULL")
{
    const Message message;
    nflogcap_packet packet{};
    packet.message = reinterpret_cast<const std::uint8_t*>(message.body().data());
    packet.message_length = static_cast<std::uint32_t>(message.body().size());
    const Clone clone(nflogcap_packet_clone(&packet));
    REQUIRE(clone);
    CHECK(clone->payload == nullptr);
    CHECK(clone->prefix == nullptr);
    CHECK(clone->hw_address == nullptr);
    CHECK(clone->hw_header == nullptr);
    CHECK(clone->l2_header == nullptr);
    CHECK(clone->ct == nullptr);
    CHECK(clone->message_length == packet.message_length);
    CHECK(std::memcmp(clone->message, packet.message, packet.message_length) == 0);
}

TEST_CASE("an attribute is found by its number, and its length is returned")
{
    const Borrowed borrowed;
    std::size_t length = 0;
    const void* found = nflogcap_packet_attribute(borrowed.get(), NFULA_PREFIX, &length);
    CHECK(found == borrowed.get()->prefix);
    CHECK(length == 8);
}

TEST_CASE("for an absent attribute the result is NULL, and its length is not changed")
{
    const Borrowed borrowed;
    std::size_t length = 1234;
    CHECK(nflogcap_packet_attribute(borrowed.get(), NFULA_MARK, &length) == nullptr);
    CHECK(nflogcap_packet_attribute(nullptr, NFULA_PREFIX, &length) == nullptr);
    CHECK(length == 1234);
    CHECK(nflogcap_packet_attribute(borrowed.get(), NFULA_PREFIX, nullptr) == nullptr);
}

TEST_CASE("a frame consists of header, VLAN tag and payload")
{
    const Borrowed borrowed;
    const int length = nflogcap_packet_frame(borrowed.get(), nullptr, 0);
    REQUIRE(length == 14 + 4 + 7);
    std::vector<std::uint8_t> frame(static_cast<std::size_t>(length));
    CHECK(nflogcap_packet_frame(borrowed.get(), frame.data(), frame.size()) == length);
    const std::string tag("\x81\x00\x01\x02", 4);
    const std::string type("\x08\x00", 2);
    CHECK(string_at(frame.data(), frame.size()) == "DDDDDDSSSSSS" + tag + type + "payload");
}

TEST_CASE("a frame is cut to the buffer, and its whole length returned")
{
    const Borrowed borrowed;
    std::vector<std::uint8_t> frame(20, 0xa5);
    CHECK(nflogcap_packet_frame(borrowed.get(), frame.data(), 13) == 25);
    CHECK(string_at(frame.data(), 13) == "DDDDDDSSSSSS\x81");
    CHECK(string_at(frame.data() + 13, 7) == std::string(7, '\xa5'));
}

TEST_CASE("a frame of NULL, or into NULL, is -EINVAL")
{
    const Borrowed borrowed;
    std::uint8_t byte = 0;
    CHECK(nflogcap_packet_frame(nullptr, &byte, 1) == -EINVAL);
    CHECK(nflogcap_packet_frame(borrowed.get(), nullptr, 1) == -EINVAL);
}
