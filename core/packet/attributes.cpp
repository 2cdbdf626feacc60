// SPDX-License-Identifier: GPL-2.0-or-later
#include "attributes.hpp"

#include <linux/netfilter/nfnetlink.h>

namespace nflog {

std::span<const std::byte> find_attribute(std::span<const std::byte> message,
                                          std::uint16_t type) noexcept
{
    std::span<const std::byte> found;
    if (message.size() < sizeof(nfgenmsg))
        return found;
    const std::span<const std::byte> attributes = message.subspan(sizeof(nfgenmsg));
    each_attribute(reinterpret_cast<const std::uint8_t*>(attributes.data()), attributes.size(),
                   [&](std::uint16_t candidate, const std::uint8_t* value, std::uint32_t length) {
                       if (candidate == type)
                           found = {reinterpret_cast<const std::byte*>(value), length};
                       return true;
                   });
    return found;
}

} // namespace nflog
