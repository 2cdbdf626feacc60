// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

// The attributes of nf_tables' messages, as the kernel writes them.
namespace nflog {

// Calls visit() for each attribute between two addresses.
template <typename Visit>
void each_attribute(const void* begin, const void* end, Visit visit)
{
    const auto* attribute = static_cast<const nlattr*>(begin);
    const auto left = [&] {
        return static_cast<int>(static_cast<const std::byte*>(end) -
                                reinterpret_cast<const std::byte*>(attribute));
    };
    for (; mnl_attr_ok(attribute, left()); attribute = mnl_attr_next(attribute))
        visit(*attribute);
}

template <typename Visit>
void each_nested(const nlattr& nest, Visit visit)
{
    const auto* begin = static_cast<const std::byte*>(mnl_attr_get_payload(&nest));
    each_attribute(begin, begin + mnl_attr_get_payload_len(&nest), visit);
}

// Returns the attribute of this type, or nullptr.
inline const nlattr* find(const nlmsghdr& message, std::uint16_t type)
{
    const nlattr* found = nullptr;
    each_attribute(mnl_nlmsg_get_payload_offset(&message, sizeof(nfgenmsg)),
                   mnl_nlmsg_get_payload_tail(&message), [&](const nlattr& attribute) {
                       if (mnl_attr_get_type(&attribute) == type)
                           found = &attribute;
                   });
    return found;
}

inline const nlattr* find_nested(const nlattr& nest, std::uint16_t type)
{
    const nlattr* found = nullptr;
    each_nested(nest, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == type)
            found = &attribute;
    });
    return found;
}

} // namespace nflog
