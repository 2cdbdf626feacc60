// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace binding {

Packet* copy(const nflogcap_packet& packet, Interfaces& interfaces) noexcept
{
    auto* memory = static_cast<std::uint8_t*>(std::malloc(sizeof(Packet) + packet.message_length));
    if (memory == nullptr)
        return nullptr;
    std::uint8_t* message = memory + sizeof(Packet);
    std::memcpy(message, packet.message, packet.message_length);
    return new (memory) Packet{rebased(packet, message), interfaces.share()};
}

void release(Packet* packet) noexcept
{
    packet->interfaces->release();
    std::free(packet);
}

nflogcap_packet rebased(const nflogcap_packet& packet, const std::uint8_t* message) noexcept
{
    // All that a packet points to lies in its message.
    const auto rebase = [&]<typename Byte>(const Byte* pointer) -> const Byte* {
        if (pointer == nullptr)
            return nullptr;
        return reinterpret_cast<const Byte*>(
            message + (reinterpret_cast<const std::uint8_t*>(pointer) - packet.message));
    };
    nflogcap_packet copy = packet;
    copy.payload = rebase(packet.payload);
    copy.prefix = rebase(packet.prefix);
    copy.hw_address = rebase(packet.hw_address);
    copy.hw_header = rebase(packet.hw_header);
    copy.l2_header = rebase(packet.l2_header);
    copy.ct = rebase(packet.ct);
    copy.message = message;
    return copy;
}

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
