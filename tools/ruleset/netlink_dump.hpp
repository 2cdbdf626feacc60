// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <libmnl/libmnl.h>
#include <string_view>
#include <vector>

namespace command {

// The attributes of a netlink message, or the attributes inside another attribute.
class Attributes {
public:
    explicit Attributes(const nlmsghdr& message, std::size_t header_size)
        : Attributes(mnl_nlmsg_get_payload_offset(&message, header_size),
                     mnl_nlmsg_get_payload_tail(&message))
    {
    }
    explicit Attributes(const nlattr* nest)
        : Attributes(nest == nullptr ? nullptr : mnl_attr_get_payload(nest),
                     nest == nullptr ? nullptr : payload_of(*nest).end())
    {
    }

    // Returns nullptr if the attribute is absent.
    const nlattr* operator[](std::uint16_t type) const
    {
        const nlattr* found = nullptr;
        for_each([&](const nlattr& attribute) {
            if (mnl_attr_get_type(&attribute) == type)
                found = &attribute;
        });
        return found;
    }

    template <typename Visit>
    void for_each(Visit visit) const
    {
        const char* at = begin_;
        while (mnl_attr_ok(reinterpret_cast<const nlattr*>(at), static_cast<int>(end_ - at))) {
            const auto* attribute = reinterpret_cast<const nlattr*>(at);
            visit(*attribute);
            at = reinterpret_cast<const char*>(mnl_attr_next(attribute));
        }
    }

    // Returns an empty view if the attribute is absent.
    [[nodiscard]] std::string_view bytes(std::uint16_t type) const
    {
        const nlattr* found = (*this)[type];
        return found == nullptr ? std::string_view() : payload_of(*found);
    }
    // Returns the text of the attribute up to its NUL.
    [[nodiscard]] std::string_view text(std::uint16_t type) const
    {
        const std::string_view all = bytes(type);
        return all.substr(0, all.find('\0'));
    }
    // Returns a number that the kernel sent in network byte order; 0 if the attribute is absent.
    [[nodiscard]] std::uint64_t number(std::uint16_t type) const
    {
        constexpr unsigned bits_of_a_byte = 8;
        std::uint64_t value = 0;
        for (const char byte : bytes(type))
            value = value << bits_of_a_byte | static_cast<unsigned char>(byte);
        return value;
    }

private:
    Attributes(const void* begin, const void* end)
        : begin_(static_cast<const char*>(begin)), end_(static_cast<const char*>(end))
    {
    }

    static std::string_view payload_of(const nlattr& attribute)
    {
        return {static_cast<const char*>(mnl_attr_get_payload(&attribute)),
                mnl_attr_get_payload_len(&attribute)};
    }

    const char* begin_;
    const char* end_;
};

// A socket that requests lists from netfilter in the kernel.
class NetlinkDump {
public:
    // Throws Failure.
    NetlinkDump();

    // Sends a request, and passes each message of the answer to `show`. Returns 0 or the kernel's
    // errno. EINTR means that the list changed meanwhile. Do not use the socket again after a
    // failure, because it still contains the rest of the answer.
    int run(const nlmsghdr& request, const std::function<void(const nlmsghdr&)>& show);

private:
    nflog::FileDescriptor fd_;
    std::vector<char> buffer_;
};

} // namespace command
