// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"
#include "fields.hpp"
#include "formats.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string_view>

namespace nflog {

namespace {

using Key = TextWriter::Block;

// The keys of the fields, by index, with quotes, colon and the comma before: they are most of what
// is written.
const std::array<Key, max_fields>& keys() noexcept
{
    static const std::array<Key, max_fields> keys = [] {
        std::array<Key, max_fields> made{};
        static_assert(max_field_name + std::string_view(",\"\":").size() <= sizeof(Key::text));
        for (std::size_t i = 0; i < fields().size(); ++i) {
            TextWriter text(made[i].text.data(), made[i].text.size());
            text.put(",\"");
            text.put(fields()[i].name);
            text.put("\":");
            made[i].length = text.finish();
        }
        return made;
    }();
    return keys;
}

std::uint64_t integer_at(const std::byte* at, std::uint32_t size)
{
    const auto read = [at](auto value) -> std::uint64_t {
        std::memcpy(&value, at, sizeof value);
        return value;
    };
    switch (size) {
    case sizeof(std::uint8_t):
        return read(std::uint8_t{});
    case sizeof(std::uint16_t):
        return read(std::uint16_t{});
    case sizeof(std::uint32_t):
        return read(std::uint32_t{});
    default:
        return read(std::uint64_t{});
    }
}

template <typename Pointer>
Pointer pointer_at(const std::byte* at)
{
    Pointer pointer;
    std::memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

using Bytes = std::span<const std::uint8_t>;

class JsonWriter {
public:
    JsonWriter(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer)
        : text_(text), packet_(packet), namer_(namer), dissection_(dissect(packet))
    {
    }

    void write()
    {
        // The payload and its lengths, which come before the time in the struct, come last, because
        // they are long. The time is always there, and has a brace instead of the comma.
        static const std::size_t first = find_field("timestamp_ns");
        const auto described = fields();
        const auto& keys_of_fields = keys();
        text_.put("{\"timestamp_ns\":");
        write_value(described[first]);
        for (std::size_t i = first + 1; i < described.size(); ++i)
            write_if_present(described[i], keys_of_fields[i]);
        for (std::size_t i = 0; i < first; ++i)
            write_if_present(described[i], keys_of_fields[i]);
        if ((packet_.present & NFLOGCAP_HAS_WIRE_LENGTH) == 0)
            text_.put(R"(,"wire_length_is_min":true)");
        text_.put('}');
    }

private:
    // Of something that JSON has beside a field.
    void put_key(const nflogcap_field& field, std::string_view suffix)
    {
        text_.put(",\"");
        text_.put(field.name);
        text_.put(suffix);
        text_.put("\":");
    }

    void write_if_present(const nflogcap_field& field, const Key& key)
    {
        const std::uint64_t present = field.is_dissected != 0 ? dissection_.known : packet_.present;
        if (field.present != 0 && (field.present & present) == 0)
            return;
        if (field.kind == NFLOGCAP_INTEGER) {
            text_.put(key, integer_at(base_of(field) + field.offset, field.size));
            return;
        }
        text_.put(key);
        write_value(field);
    }

    void write_value(const nflogcap_field& field)
    {
        const std::byte* at = base_of(field) + field.offset;
        switch (field.kind) {
        case NFLOGCAP_BYTES:
            put_bytes({pointer_at<const std::uint8_t*>(at), length_of(field)},
                      field.offset == offsetof(nflogcap_packet, hw_address) ? ':' : '\0');
            break;
        case NFLOGCAP_TEXT:
            write_text(field, pointer_at<const char*>(at));
            break;
        case NFLOGCAP_ADDRESS:
            text_.put('"');
            text_.put_address({reinterpret_cast<const std::uint8_t*>(at), length_of(field)});
            text_.put('"');
            break;
        case NFLOGCAP_TIME:
            text_.put_number(integer_at(at, field.size));
            text_.put((packet_.present & NFLOGCAP_HAS_TIMESTAMP) != 0
                          ? R"(,"timestamp_of":"kernel")"
                          : R"(,"timestamp_of":"estimated")");
            break;
        case NFLOGCAP_LIST:
            write_list(field, at);
            break;
        case NFLOGCAP_INTERFACE:
            write_interface(field, static_cast<std::uint32_t>(integer_at(at, field.size)));
            break;
        default:
            text_.put_number(integer_at(at, field.size));
        }
    }

    void put_bytes(Bytes bytes, char separator)
    {
        text_.put('"');
        text_.put_hex(bytes, separator);
        text_.put('"');
    }

    // A text that is not UTF-8 is there in bytes too.
    void write_text(const nflogcap_field& field, const char* text)
    {
        if (text_.put_json(text))
            return;
        put_key(field, "_bytes");
        put_bytes({reinterpret_cast<const std::uint8_t*>(text), std::strlen(text)}, '\0');
    }

    void write_interface(const nflogcap_field& field, std::uint32_t index)
    {
        text_.put_number(index);
        if (const char* name = namer_.name(index)) {
            put_key(field, "_name");
            text_.put_json(name);
        }
    }

    void write_list(const nflogcap_field& field, const std::byte* at)
    {
        text_.put('[');
        for (std::size_t i = 0; i < length_of(field); ++i) {
            if (i > 0)
                text_.put(',');
            text_.put_number(integer_at(at + i * field.size, field.size));
        }
        text_.put(']');
    }

    [[nodiscard]] const std::byte* base_of(const nflogcap_field& field) const
    {
        return field.is_dissected != 0 ? reinterpret_cast<const std::byte*>(&dissection_)
                                       : reinterpret_cast<const std::byte*>(&packet_);
    }

    [[nodiscard]] std::size_t length_of(const nflogcap_field& field) const
    {
        return static_cast<std::size_t>(
            integer_at(base_of(field) + field.length_offset, field.length_size));
    }

    TextWriter& text_;
    const nflogcap_packet& packet_;
    const InterfaceNamer& namer_;
    nflogcap_dissection dissection_;
};

} // namespace

void write_json(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer)
{
    JsonWriter(text, packet, namer).write();
}

} // namespace nflog
