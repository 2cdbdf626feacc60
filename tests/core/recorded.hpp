// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

// Reads netlink messages that a little-endian kernel sent, and converts them to this machine's byte
// order.
namespace recorded {

using Bytes = std::vector<std::byte>;

// Reverses the byte order of a number in the header at the start of the bytes.
template <typename Header, typename Number>
void reverse(std::span<std::byte> from, Number Header::*number)
{
    Header header;
    std::memcpy(&header, from.data(), sizeof header);
    std::ranges::reverse(std::as_writable_bytes(std::span(&(header.*number), 1)));
    std::memcpy(from.data(), &header, sizeof header);
}

template <typename Header, typename Number>
std::size_t reversed_length(std::span<std::byte> from, Number Header::*length)
{
    reverse(from, length);
    Header header;
    std::memcpy(&header, from.data(), sizeof header);
    return std::clamp<std::size_t>(NLMSG_ALIGN(header.*length), sizeof header, from.size());
}

inline void reverse_attributes(std::span<std::byte> attributes)
{
    while (attributes.size() >= sizeof(nlattr)) {
        const std::size_t extent = reversed_length(attributes, &nlattr::nla_len);
        reverse(attributes, &nlattr::nla_type);
        nlattr header;
        std::memcpy(&header, attributes.data(), sizeof header);
        if ((header.nla_type & NLA_TYPE_MASK) == NFULA_VLAN)
            reverse_attributes(attributes.first(extent).subspan(sizeof(nlattr)));
        attributes = attributes.subspan(extent);
    }
}

inline Bytes read(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string characters((std::istreambuf_iterator<char>(file)), {});
    if (!file)
        throw std::runtime_error("cannot read " + path.string());
    const std::span<const std::byte> bytes = std::as_bytes(std::span(characters));
    Bytes batch(bytes.begin(), bytes.end());
    if constexpr (std::endian::native == std::endian::big) {
        std::span<std::byte> rest = batch;
        while (rest.size() >= sizeof(nlmsghdr)) {
            const std::size_t extent = reversed_length(rest, &nlmsghdr::nlmsg_len);
            reverse(rest, &nlmsghdr::nlmsg_type);
            reverse(rest, &nlmsghdr::nlmsg_flags);
            reverse(rest, &nlmsghdr::nlmsg_seq);
            reverse(rest, &nlmsghdr::nlmsg_pid);
            constexpr std::size_t headers = sizeof(nlmsghdr) + sizeof(nfgenmsg);
            if (extent > headers)
                reverse_attributes(rest.first(extent).subspan(headers));
            rest = rest.subspan(extent);
        }
    }
    return batch;
}

} // namespace recorded
