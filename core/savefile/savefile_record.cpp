// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_record.hpp"

#include "attributes.hpp"
#include "message_cursor.hpp"

#include <algorithm>
#include <cstring>
#include <endian.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <pcap/dlt.h>

namespace nflog {

namespace {

constexpr unsigned half_stamp = 32; // bits
constexpr unsigned ipv4 = 4;
constexpr unsigned ipv6 = 6;

void put(std::vector<std::byte>& batch, const void* bytes, std::size_t size)
{
    const auto* from = static_cast<const std::byte*>(bytes);
    batch.insert(batch.end(), from, from + size);
}

void pad(std::vector<std::byte>& batch)
{
    batch.resize(NLMSG_ALIGN(batch.size()));
}

void put_attribute(std::vector<std::byte>& batch, std::uint16_t type, const void* value,
                   std::size_t size)
{
    const nlattr header = {static_cast<std::uint16_t>(sizeof header + size), type};
    put(batch, &header, sizeof header);
    put(batch, value, size);
    pad(batch);
}

// Swaps the bytes of the headers that are nested in an attribute, at any depth.
void turn_nested(std::uint8_t* at, std::size_t size) noexcept
{
    while (size >= sizeof(nlattr)) {
        nlattr header = attribute_at(at);
        header = {__builtin_bswap16(header.nla_len), __builtin_bswap16(header.nla_type)};
        std::memcpy(at, &header, sizeof header);
        if (header.nla_len < sizeof header || header.nla_len > size)
            return;
        const bool is_nested = (header.nla_type & NLA_F_NESTED) != 0;
        const std::size_t extent =
            is_nested ? sizeof header : std::min(attribute_extent(header.nla_len), size);
        at += extent;
        size -= extent;
    }
}

// Calls visit(header, at, room) for each outermost attribute, even for the last one if it is cut.
template <typename Visit>
void each_outermost(std::span<std::byte> attributes, Visit visit) noexcept
{
    while (attributes.size() >= sizeof(nlattr)) {
        auto* const at = reinterpret_cast<std::uint8_t*>(attributes.data());
        const nlattr header = attribute_at(at);
        if (header.nla_len < sizeof header)
            return;
        visit(header, at, attributes.size());
        attributes =
            attributes.subspan(std::min(attribute_extent(header.nla_len), attributes.size()));
    }
}

// Swaps only the nested headers, because libpcap has already swapped the outermost ones.
void turn_inner(std::span<std::byte> attributes) noexcept
{
    each_outermost(attributes, [](const nlattr& header, std::uint8_t* at, std::size_t room) {
        if ((header.nla_type & NLA_F_NESTED) != 0)
            turn_nested(at + sizeof header,
                        std::min<std::size_t>(header.nla_len, room) - sizeof header);
    });
}

// The first attribute shows the byte order: the type is below 256 and the flags are in the other
// byte. The first attribute is never the payload, so no snaplen has cut it.
bool is_of_other_endian(std::span<std::byte> attributes) noexcept
{
    constexpr std::uint16_t no_type = 0xff00 & NLA_TYPE_MASK;
    const auto* const at = reinterpret_cast<const std::uint8_t*>(attributes.data());
    return attributes.size() >= sizeof(nlattr) && (attribute_at(at).nla_type & no_type) != 0;
}

void put_nflog(std::vector<std::byte>& batch, const SavefileRecord& record)
{
    const std::size_t begin = batch.size();
    put(batch, record.bytes.data(), record.bytes.size());
    if (record.bytes.size() <= sizeof(nfgenmsg)) {
        batch.resize(begin + sizeof(nfgenmsg) + 1); // invalid: one byte is not a complete attribute
        return;
    }
    const auto attributes = std::span(batch).subspan(begin + sizeof(nfgenmsg));
    if (record.is_cut)
        repair_cut(attributes);
    if (record.is_other_endian)
        turn_inner(attributes);
}

// Returns the version of the IP packet in a record. The link type determines it; otherwise the
// packet's first bits do.
unsigned ip_version(const SavefileRecord& record) noexcept
{
    if (record.link_type == DLT_IPV4)
        return ipv4;
    if (record.link_type == DLT_IPV6)
        return ipv6;
    constexpr unsigned shift = 4;
    return record.bytes.empty() ? 0 : std::to_integer<unsigned>(record.bytes.front()) >> shift;
}

void put_payload(std::vector<std::byte>& batch, std::span<const std::byte> bytes)
{
    // Also the kernel's greatest snaplen
    constexpr std::size_t max_payload = UINT16_MAX - sizeof(nlattr);
    put_attribute(batch, NFULA_PAYLOAD, bytes.data(), std::min(bytes.size(), max_payload));
}

void put_ip_packet(std::vector<std::byte>& batch, const SavefileRecord& record)
{
    nfgenmsg message{};
    nfulnl_msg_packet_hdr header{};
    const unsigned version = ip_version(record);
    if (version == ipv4) {
        message.nfgen_family = NFPROTO_IPV4;
        header.hw_protocol = htobe16(ETH_P_IP);
    } else if (version == ipv6) {
        message.nfgen_family = NFPROTO_IPV6;
        header.hw_protocol = htobe16(ETH_P_IPV6);
    }
    put(batch, &message, sizeof message);
    put_attribute(batch, NFULA_PACKET_HDR, &header, sizeof header);
    put_payload(batch, record.bytes);
}

// Returns the kernel's protocol number for the frame. A frame has one, too, if its header contains
// a length instead of an EtherType.
std::uint16_t protocol_of(const ethhdr& header) noexcept
{
    const std::uint16_t ethertype = be16toh(header.h_proto);
    return ethertype >= ETH_P_802_3_MIN ? ethertype : std::uint16_t{ETH_P_802_2};
}

// Makes a message like the kernel's for a frame that a device has received. A VLAN tag stays in the
// payload, because the kernel also leaves the second tag of a frame there.
void put_ethernet(std::vector<std::byte>& batch, const SavefileRecord& record)
{
    nfgenmsg message{};
    message.nfgen_family = NFPROTO_NETDEV;
    put(batch, &message, sizeof message);
    ethhdr frame{};
    if (record.bytes.size() < sizeof frame) {
        batch.push_back({}); // invalid: one byte is not a complete attribute
        return;
    }
    std::memcpy(&frame, record.bytes.data(), sizeof frame);
    nfulnl_msg_packet_hdr header{};
    header.hw_protocol = htobe16(protocol_of(frame));
    header.hook = NF_NETDEV_INGRESS;
    nfulnl_msg_packet_hw address{};
    address.hw_addrlen = htobe16(sizeof frame.h_source);
    std::memcpy(address.hw_addr, frame.h_source, sizeof frame.h_source);
    const std::uint16_t hw_type = htobe16(ARPHRD_ETHER);
    const std::uint16_t length = htobe16(sizeof frame);
    put_attribute(batch, NFULA_PACKET_HDR, &header, sizeof header);
    put_attribute(batch, NFULA_HWADDR, &address, sizeof address);
    put_attribute(batch, NFULA_HWTYPE, &hw_type, sizeof hw_type);
    put_attribute(batch, NFULA_HWLEN, &length, sizeof length);
    put_attribute(batch, NFULA_HWHEADER, &frame, sizeof frame);
    put_attribute(batch, NFULA_L2HDR, &frame, sizeof frame);
    put_payload(batch, record.bytes.subspan(sizeof frame));
}

} // namespace

bool is_readable(int link_type) noexcept
{
    return link_type == DLT_NFLOG || link_type == DLT_RAW || link_type == DLT_IPV4 ||
           link_type == DLT_IPV6 || link_type == DLT_EN10MB;
}

void append_message(std::vector<std::byte>& batch, const SavefileRecord& record)
{
    const std::size_t begin = batch.size();
    nlmsghdr header{};
    put(batch, &header, sizeof header);
    if (record.link_type == DLT_NFLOG)
        put_nflog(batch, record);
    else if (record.link_type == DLT_EN10MB)
        put_ethernet(batch, record);
    else
        put_ip_packet(batch, record);
    header = header_of_message(batch.size() - begin, record.stamp_ns);
    std::memcpy(batch.data() + begin, &header, sizeof header);
    pad(batch);
}

nlmsghdr header_of_message(std::size_t bytes, std::uint64_t stamp_ns) noexcept
{
    return {
        .nlmsg_len = static_cast<std::uint32_t>(bytes),
        .nlmsg_type = MessageCursor::packet_type,
        .nlmsg_flags = 0,
        .nlmsg_seq = static_cast<std::uint32_t>(stamp_ns >> half_stamp),
        .nlmsg_pid = static_cast<std::uint32_t>(stamp_ns),
    };
}

void repair_cut(std::span<std::byte> attributes) noexcept
{
    each_outermost(attributes, [](nlattr header, std::uint8_t* at, std::size_t room) {
        // A snaplen cuts only the payload, because it is the last attribute.
        if (header.nla_len > room && header.nla_type == NFULA_PAYLOAD) {
            header.nla_len = static_cast<std::uint16_t>(room);
            std::memcpy(at, &header, sizeof header);
        }
    });
}

std::vector<std::byte> message_of_record(std::span<const std::byte> record)
{
    std::vector<std::byte> message(record.begin(), record.end());
    if (message.size() < sizeof(nfgenmsg))
        return message;
    const auto attributes = std::span(message).subspan(sizeof(nfgenmsg));
    if (is_of_other_endian(attributes))
        turn_nested(reinterpret_cast<std::uint8_t*>(attributes.data()), attributes.size());
    repair_cut(attributes);
    return message;
}

std::uint64_t stamp_ns(std::span<const std::byte> message) noexcept
{
    nlmsghdr header;
    std::memcpy(&header, message.data() - NLMSG_HDRLEN, sizeof header);
    return static_cast<std::uint64_t>(header.nlmsg_seq) << half_stamp | header.nlmsg_pid;
}

} // namespace nflog
