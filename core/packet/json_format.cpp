// SPDX-License-Identifier: GPL-2.0-or-later
#include "conntrack.hpp"
#include "dissection.hpp"
#include "formats.hpp"
#include "json_pieces.hpp"
#include "rfc3339.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string_view>

namespace nflog {

namespace {

using json::Form;
using json::Member;
using json::Members;
using json::Pieces;

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
    JsonWriter(TextWriter& text, const nflogcap_packet& packet, const JsonContext& context)
        : text_(text), packet_(packet), context_(context), dissection_(dissect(packet)),
          structs_{{{reinterpret_cast<const std::byte*>(&packet_), packet_.present},
                    {reinterpret_cast<const std::byte*>(&dissection_), dissection_.known}}}
    {
    }

    void write()
    {
        const Pieces& pieces = json::pieces();
        write_head();
        write_members(pieces.before_payload, pieces);
        if ((packet_.present & (NFLOGCAP_HAS_CT | NFLOGCAP_HAS_CT_INFO)) != 0)
            write_conntrack(pieces);
        write_members(pieces.payload, pieces);
        if ((packet_.present & NFLOGCAP_HAS_WIRE_LENGTH) == 0)
            text_.put(R"(,"wire_length_is_min":true)");
        text_.put('}');
    }

private:
    // A struct with the values of fields.
    struct Struct {
        const std::byte* bytes;
        std::uint64_t present;

        [[nodiscard]] bool has(const nflogcap_field& field) const
        {
            return field.present == 0 || (field.present & present) != 0;
        }
    };

    // Writes the members that are not fields, and the time, because every packet has one.
    void write_head()
    {
        text_.put(R"({"version":1,"timestamp":")"); // docs/packet.schema.json
        text_.put(rfc3339(packet_.timestamp_ns));
        text_.put(R"(","timestamp_ns":)");
        text_.put_number(packet_.timestamp_ns);
        text_.put((packet_.present & NFLOGCAP_HAS_TIMESTAMP) != 0
                      ? R"(,"timestamp_of":"kernel")"
                      : R"(,"timestamp_of":"estimated")");
        if (context_.host != nullptr) {
            text_.put(R"(,"host":)");
            text_.put_json(context_.host);
        }
    }

    void write_members(const Members& members, const Pieces& pieces)
    {
        for (const Member& member : members) {
            const Struct& from = structs_[member.field->is_dissected];
            if (from.has(*member.field))
                write(member, from, pieces);
        }
    }

    void write_conntrack(const Pieces& pieces)
    {
        const nflogcap_conntrack found = read_conntrack(packet_);
        if (found.has == 0)
            return;
        text_.put(R"(,"conntrack":)");
        bool is_first = true;
        write_object(pieces.conntrack, {reinterpret_cast<const std::byte*>(&found), found.has},
                     pieces, is_first);
        write_tuple(R"("original":)", found.original, pieces, is_first);
        write_tuple(R"("reply":)", found.reply, pieces, is_first);
        text_.put('}');
    }

    void write_tuple(std::string_view key, const nflogcap_tuple& tuple, const Pieces& pieces,
                     bool& is_first)
    {
        if (tuple.has == 0)
            return;
        text_.put(is_first ? '{' : ',');
        is_first = false;
        text_.put(key);
        bool is_first_of_tuple = true;
        write_object(pieces.tuple, {reinterpret_cast<const std::byte*>(&tuple), tuple.has}, pieces,
                     is_first_of_tuple);
        text_.put('}');
    }

    // Writes an object without its closing brace. The first member writes the opening brace.
    void write_object(const Members& members, const Struct& from, const Pieces& pieces,
                      bool& is_first)
    {
        for (const Member& member : members) {
            if (!from.has(*member.field) || is_null(member, from))
                continue;
            write(is_first ? opening(member) : member, from, pieces);
            is_first = false;
        }
    }

    // Whether a text is absent although its bit says that it is present. This occurs if a number
    // has no name.
    static bool is_null(const Member& member, const Struct& from)
    {
        return member.form == Form::text &&
               pointer_at<const char*>(from.bytes + member.field->offset) == nullptr;
    }

    // Changes a member so that it starts an object: its key begins with a brace instead of a comma.
    static Member opening(Member member)
    {
        member.key.text[0] = '{';
        return member;
    }

    void write(const Member& member, const Struct& from, const Pieces& pieces)
    {
        const nflogcap_field& field = *member.field;
        const std::byte* const at = from.bytes + field.offset;
        if (member.form == Form::integer)
            return text_.put(member.key, integer_at(at, field.size));
        if (member.form == Form::payload && !context_.has_payload)
            return;
        text_.put(member.key);
        switch (member.form) {
        case Form::payload:
        case Form::bytes:
            return write_bytes(bytes_of(field, from), '\0');
        case Form::hw_address:
            return write_bytes(bytes_of(field, from), ':');
        case Form::text:
            return write_text(field, pointer_at<const char*>(at));
        case Form::address:
            text_.put('"');
            text_.put_address({reinterpret_cast<const std::uint8_t*>(at), length_of(field, from)});
            return text_.put('"');
        case Form::list:
            return write_list(field, from);
        case Form::interface:
            return write_interface(field, static_cast<std::uint32_t>(integer_at(at, field.size)));
        default: {
            const std::uint64_t number = integer_at(at, field.size);
            text_.put_number(number);
            write_name(member, number, pieces);
        }
        }
    }

    // Writes a member with the name of the number that was written before it.
    void write_name(const Member& member, std::uint64_t number, const Pieces& pieces)
    {
        const std::size_t family = packet_.family;
        const auto place = static_cast<std::size_t>(number);
        switch (member.form) {
        case Form::family:
            if (family < pieces.families.size())
                text_.put(pieces.families[family]);
            return;
        case Form::hook:
            if (family < pieces.hooks.size() && place < pieces.hooks[family].size())
                text_.put(pieces.hooks[family][place]);
            return;
        case Form::protocol:
            return text_.put(pieces.protocols[place]);
        case Form::connection_status:
            return write_flags(R"(,"status_names":[)", number, connection_statuses,
                               pieces.statuses);
        default:
            return write_flags(R"(,"tcp_flags_names":[)", number, tcp_flags, pieces.flags);
        }
    }

    template <typename Flags, typename Names>
    void write_flags(std::string_view opening, std::uint64_t number, const Flags& flags,
                     const Names& names)
    {
        text_.put(opening);
        bool is_first = true;
        for (std::size_t i = 0; i < flags.size(); ++i) {
            if ((number & flags[i].flag) == 0)
                continue;
            if (!is_first)
                text_.put(',');
            is_first = false;
            text_.put(names[i]);
        }
        text_.put(']');
    }

    void write_bytes(Bytes bytes, char separator)
    {
        text_.put('"');
        text_.put_hex(bytes, separator);
        text_.put('"');
    }

    // Writes a text. If it is not UTF-8, also writes its bytes as a second member.
    void write_text(const nflogcap_field& field, const char* text)
    {
        if (text_.put_json(text))
            return;
        put_key(field, "_bytes");
        write_bytes({reinterpret_cast<const std::uint8_t*>(text), std::strlen(text)}, '\0');
    }

    void write_interface(const nflogcap_field& field, std::uint32_t index)
    {
        text_.put_number(index);
        if (const char* name = context_.namer.name(index)) {
            put_key(field, "_name");
            text_.put_json(name);
        }
    }

    void write_list(const nflogcap_field& field, const Struct& from)
    {
        text_.put('[');
        for (std::size_t i = 0; i < length_of(field, from); ++i) {
            if (i > 0)
                text_.put(',');
            text_.put_number(integer_at(from.bytes + field.offset + i * field.size, field.size));
        }
        text_.put(']');
    }

    // Writes the key of a second member for a field, such as its name.
    void put_key(const nflogcap_field& field, std::string_view suffix)
    {
        text_.put(",\"");
        text_.put(field.name);
        text_.put(suffix);
        text_.put("\":");
    }

    [[nodiscard]] static std::size_t length_of(const nflogcap_field& field, const Struct& from)
    {
        return static_cast<std::size_t>(
            integer_at(from.bytes + field.length_offset, field.length_size));
    }

    [[nodiscard]] static Bytes bytes_of(const nflogcap_field& field, const Struct& from)
    {
        return {pointer_at<const std::uint8_t*>(from.bytes + field.offset), length_of(field, from)};
    }

    TextWriter& text_;
    const nflogcap_packet& packet_;
    const JsonContext& context_;
    nflogcap_dissection dissection_;
    std::array<Struct, 2> structs_; // by is_dissected
};

} // namespace

void write_json(TextWriter& text, const nflogcap_packet& packet, const JsonContext& context)
{
    JsonWriter(text, packet, context).write();
}

} // namespace nflog
