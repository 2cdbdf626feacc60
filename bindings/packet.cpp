// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.hpp"

#include "fields.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <new>
#include <string_view>

namespace binding {

namespace {

std::string_view message_of(const Packet& packet) noexcept
{
    return {reinterpret_cast<const char*>(packet.view.message), packet.view.message_length};
}

} // namespace

Packet* copy(const nflogcap_packet& packet, Interfaces& interfaces) noexcept
{
    void* const memory = std::malloc(size_of_copy(packet));
    return memory == nullptr ? nullptr
                             : copy_into(memory, packet, packet.message, *interfaces.share());
}

std::size_t size_of_copy(const nflogcap_packet& packet) noexcept
{
    return sizeof(Packet) + packet.message_length;
}

Packet* copy_into(void* memory, const nflogcap_packet& packet, const std::uint8_t* message,
                  Interfaces& interfaces) noexcept
{
    std::uint8_t* own = static_cast<std::uint8_t*>(memory) + sizeof(Packet);
    std::memcpy(own, message, packet.message_length);
    // Leaves the dissection uninitialized: few packets are ever dissected.
    auto* copied = new (memory) Packet;
    rebase(copied->view, packet, own);
    copied->interfaces = &interfaces;
    return copied;
}

Packet* parse_packet(Bytes record, long long timestamp_ns, Failure& failure) noexcept
{
    // long long cannot represent larger values: they are replaced by its maximum, which is out of
    // range.
    constexpr Range times{0, std::numeric_limits<long long>::max() - 1};
    if (!times.holds(timestamp_ns)) {
        failure.set_out_of_range("timestamp_ns", timestamp_ns, times);
        return nullptr;
    }
    nflogcap_packet* parsed = nullptr;
    const int code = nflogcap_packet_parse(&parsed, record.data, record.length,
                                           static_cast<std::uint64_t>(timestamp_ns));
    if (code < 0 && code != -ENOMEM) {
        failure.set(-EINVAL, code == -EMSGSIZE ? "the record has more than 262144 bytes"
                                               : "the bytes are no record of LINKTYPE_NFLOG");
        return nullptr;
    }
    Interfaces* const interfaces = code == 0 ? Interfaces::make() : nullptr;
    Packet* const packet = interfaces == nullptr ? nullptr : copy(*parsed, *interfaces);
    if (packet == nullptr)
        failure.set(-ENOMEM, nflogcap_strerror(ENOMEM));
    if (interfaces != nullptr)
        interfaces->release();
    nflogcap_packet_free(parsed);
    return packet;
}

void release(Packet* packet) noexcept
{
    packet->interfaces->release();
    std::free(packet);
}

void rebase(nflogcap_packet& copy, const nflogcap_packet& packet,
            const std::uint8_t* message) noexcept
{
    copy = packet;
    copy.message = message;
    for (const nflogcap_field* field : pointers()) {
        const std::uint8_t* pointer = nullptr;
        std::memcpy(&pointer, reinterpret_cast<const char*>(&packet) + field->offset,
                    sizeof pointer);
        if (pointer != nullptr) {
            pointer = message + (pointer - packet.message);
            std::memcpy(reinterpret_cast<char*>(&copy) + field->offset, &pointer, sizeof pointer);
        }
    }
}

bool are_equal(const Packet& one, const Packet& other) noexcept
{
    if (message_of(one) != message_of(other))
        return false;
    nflogcap_packet moved;
    rebase(moved, other.view, one.view.message);
    const auto is_same = [&](std::size_t offset, std::size_t size) {
        return std::memcmp(reinterpret_cast<const char*>(&one.view) + offset,
                           reinterpret_cast<const char*>(&moved) + offset, size) == 0;
    };
    return std::ranges::all_of(fields(), [&](const Field& field) {
        const nflogcap_field& source = field.source;
        const bool is_in_message = source.is_dissected != 0 || field.form == Field::Form::record;
        return is_in_message || (is_same(source.offset, source.size) &&
                                 is_same(source.length_offset, source.length_size));
    });
}

std::size_t hash_of(const Packet& packet) noexcept
{
    return std::hash<std::string_view>()(message_of(packet));
}

const nflogcap_dissection& dissected(Packet& packet) noexcept
{
    if (!packet.is_dissected) {
        nflogcap_dissect(&packet.view, &packet.dissection, sizeof packet.dissection);
        packet.is_dissected = true;
    }
    return packet.dissection;
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

Text format(const Packet& packet, int form, Failure& failure) noexcept
{
    const auto name = [](void* context, std::uint32_t index) {
        return static_cast<const Interfaces*>(context)->name(index);
    };
    constexpr std::size_t usual = 512;
    for (std::size_t capacity = usual;;) {
        char* text = static_cast<char*>(std::malloc(capacity));
        if (text == nullptr) {
            failure.set(-ENOMEM, nflogcap_strerror(ENOMEM));
            return {};
        }
        const int length = nflogcap_packet_format(&packet.view, form, name, packet.interfaces,
                                                  packet.interfaces->host(), text, capacity);
        if (length >= 0 && static_cast<std::size_t>(length) < capacity)
            return {text};
        std::free(text);
        if (length < 0) {
            failure.set(length, nflogcap_strerror(length));
            return {};
        }
        capacity = static_cast<std::size_t>(length) + 1;
    }
}

} // namespace binding
