// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>

namespace binding {

Bytes frame(const nflogcap_packet& packet, Failure& failure) noexcept
{
    const auto length = static_cast<std::size_t>(nflogcap_packet_frame(&packet, nullptr, 0));
    auto* bytes = static_cast<std::uint8_t*>(std::malloc(std::max(length, std::size_t{1})));
    if (bytes == nullptr) {
        failure.set(-ENOMEM, nflogcap_strerror(ENOMEM));
        return {};
    }
    nflogcap_packet_frame(&packet, bytes, length);
    return {bytes, length};
}

Bytes attribute(const nflogcap_packet& packet, long long type, Failure& failure) noexcept
{
    constexpr Range types{0, std::numeric_limits<std::uint16_t>::max()};
    if (!types.holds(type)) {
        failure.set_out_of_range("type", type, types);
        return {};
    }
    Bytes bytes{};
    bytes.data =
        nflogcap_packet_attribute(&packet, static_cast<std::uint16_t>(type), &bytes.length);
    return bytes;
}

} // namespace binding
