// SPDX-License-Identifier: GPL-2.0-or-later
#include "attributes.hpp"
#include "fields.hpp"
#include "frame.hpp"
#include "handle.hpp"
#include "packet_parser.hpp"
#include "savefile_record.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
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
    // All other pointers point into the message.
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

int nflogcap_packet_parse(nflogcap_packet** ret, const void* record, size_t length,
                          uint64_t timestamp_ns)
{
    if (ret == nullptr || record == nullptr)
        return -EINVAL;
    return nflog::barrier(-ENOMEM, [&] {
        const auto message =
            nflog::message_of_record({static_cast<const std::byte*>(record), length});
        nflogcap_packet view;
        if (message.size() > nflog::max_record_bytes)
            return -EMSGSIZE;
        if (message.size() <= sizeof(nfgenmsg) || !nflog::parse_packet(message, view))
            return -EBADMSG;
        nflog::set_recorded_time(view, timestamp_ns);
        nflogcap_packet* const packet = nflogcap_packet_clone(&view);
        if (packet == nullptr)
            return -ENOMEM;
        *ret = packet;
        return 0;
    });
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
