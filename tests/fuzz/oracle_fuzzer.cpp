// SPDX-License-Identifier: GPL-2.0-or-later
// Compares the parser with the getters of libnetfilter_log, on any message that both accept.
// libnetfilter_log passes packets only to the owner of their group. Therefore this program binds
// the group in a separate network namespace.
#include "oracle.hpp"

#include "attributes.hpp"
#include "libfuzzer.hpp"
#include "message_cursor.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "network.hpp"
#include "packet_parser.hpp"

#include <array>

namespace {

constexpr std::uint16_t group = 5;

// The next two functions find messages that the library and libnetfilter_log read differently by
// intention. These messages are not compared.

// Returns whether the attribute with the length of the hardware header has the header's real
// length. libnetfilter_log uses this attribute without checking it. In messages of the kernel, both
// lengths are equal.
bool is_hw_length_true(std::span<const std::byte> message, const nflogcap_packet& view)
{
    const auto said = nflog::find_attribute(message, NFULA_HWLEN);
    if (said.data() == nullptr)
        return view.hw_header_length == 0;
    std::uint16_t length = 0;
    if (said.size() < sizeof length)
        return false;
    std::memcpy(&length, said.data(), sizeof length);
    return ntohs(length) == view.hw_header_length;
}

// Returns whether an attribute has the flag for network byte order. libnetfilter_log reads the flag
// as a part of the type, and therefore does not know such an attribute. The kernel never sets the
// flag in these messages.
bool has_byte_order_flag(std::span<const std::byte> message)
{
    const auto* at = reinterpret_cast<const std::uint8_t*>(message.data());
    std::size_t place = sizeof(nfgenmsg);
    while (place + sizeof(nlattr) <= message.size()) {
        const nlattr header = nflog::attribute_at(at + place);
        if ((header.nla_type & NLA_F_NET_BYTEORDER) != 0)
            return true;
        place += nflog::attribute_extent(header.nla_len);
    }
    return false;
}

struct Comparison {
    nflogcap_packet view;
    int compared;
};

int compare(nflog_g_handle* /*group*/, nfgenmsg* generic, nflog_data* theirs, void* data)
{
    auto& comparison = *static_cast<Comparison*>(data);
    ++comparison.compared;
    if (const char* difference = oracle::first_difference(comparison.view, *generic, theirs))
        fuzz::fail(difference);
    return 0;
}

// Returns a message as a datagram of the group that libnetfilter_log has bound.
std::span<std::byte> datagram_of(std::span<const std::byte> message)
{
    alignas(nlmsghdr) static std::array<std::byte, 65536> room;
    const auto length = static_cast<std::uint32_t>(NLMSG_HDRLEN + message.size());
    const nlmsghdr header = {length, nflog::MessageCursor::packet_type, 0, 0, 0};
    std::memcpy(room.data(), &header, sizeof header);
    std::memcpy(room.data() + NLMSG_HDRLEN, message.data(), message.size());
    const std::uint16_t number = htons(group);
    std::memcpy(room.data() + NLMSG_HDRLEN + offsetof(nfgenmsg, res_id), &number, sizeof number);
    return std::span(room).first(length);
}

} // namespace

int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/)
{
    support::require_live();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const support::Namespace here;
    static oracle::Library library(group);
    fuzz::each_message(std::as_bytes(std::span(data, size)), [&](std::span<const std::byte> whole) {
        const auto body = fuzz::body_of(whole);
        if (body.size() < sizeof(nfgenmsg))
            return;
        const auto datagram = datagram_of(body);
        const auto message = fuzz::body_of(datagram);
        Comparison comparison = {};
        if (!nflog::parse_packet(message, comparison.view) ||
            !is_hw_length_true(message, comparison.view) || has_byte_order_flag(message))
            return;
        library.call_back(compare, &comparison);
        library.read(datagram);
        fuzz::must(comparison.compared == 1, "libnetfilter_log reads what the parser reads");
    });
    return 0;
}
