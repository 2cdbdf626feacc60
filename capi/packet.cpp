// SPDX-License-Identifier: GPL-2.0-or-later
#include "attributes.hpp"
#include "fields.hpp"
#include "frame.hpp"
#include "handle.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nflogcap.h>

extern "C" {

nflogcap_packet* nflogcap_packet_clone(const nflogcap_packet* packet)
{
    if (packet == nullptr)
        return nullptr;
    auto* memory = static_cast<std::byte*>(std::malloc(sizeof *packet + packet->message_length));
    if (memory == nullptr)
        return nullptr;
    auto* bytes = reinterpret_cast<std::uint8_t*>(memory + sizeof *packet);
    std::memcpy(bytes, packet->message, packet->message_length);
    auto* clone = new (memory) nflogcap_packet(*packet);
    clone->message = bytes;
    // The other pointers all lead into the message.
    for (const nflogcap_field& field : nflog::fields()) {
        if (field.kind != NFLOGCAP_BYTES && field.kind != NFLOGCAP_TEXT)
            continue;
        std::byte* const at = memory + field.offset;
        const std::uint8_t* pointer = nullptr;
        std::memcpy(&pointer, at, sizeof pointer);
        if (pointer != nullptr) {
            pointer = bytes + (pointer - packet->message);
            std::memcpy(at, &pointer, sizeof pointer);
        }
    }
    return clone;
}

void nflogcap_packet_free(nflogcap_packet* packet)
{
    std::free(packet);
}

const void* nflogcap_packet_attribute(const nflogcap_packet* packet, uint16_t type,
                                      size_t* ret_length)
{
    if (packet == nullptr || ret_length == nullptr)
        return nullptr;
    return nflog::barrier<const void*>(nullptr, [&]() -> const void* {
        const auto value = nflog::find_attribute(
            {reinterpret_cast<const std::byte*>(packet->message), packet->message_length}, type);
        if (value.data() != nullptr)
            *ret_length = value.size();
        return value.data();
    });
}

int nflogcap_packet_frame(const nflogcap_packet* packet, uint8_t* buffer, size_t capacity)
{
    if (packet == nullptr || (buffer == nullptr && capacity > 0))
        return -EINVAL;
    return nflog::barrier(
        -EIO, [&] { return static_cast<int>(nflog::write_frame(*packet, buffer, capacity)); });
}

} // extern "C"
