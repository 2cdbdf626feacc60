// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"
#include "fields.hpp"
#include "formats.hpp"
#include "hook_names.hpp"
#include "protocol_names.hpp"
#include "rfc3339.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

namespace nflog {

namespace {

using Block = TextWriter::Block;

enum class Form : std::uint8_t {
    integer,
    family,
    hook,
    protocol,
    tcp_flags,
    interface,
    bytes,
    payload,
    hw_address,
    text,
    address,
    list,
};

// A field of the packet in the object.
struct Member {
    Block key; // with quotes, colon and the comma before
    const nflogcap_field* field;
    Form form;
};

// What is the same in the objects of many packets, made once: it is most of what is written.
struct Pieces {
    std::array<Member, max_fields> members; // in the order of the object
    std::size_t member_count;
    // The members that name a number, by the number; "" if it has no name.
    std::array<Block, max_families> families;
    std::array<std::array<Block, max_hooks>, max_families> hooks; // by family
    std::array<Block, std::numeric_limits<std::uint8_t>::max() + 1> protocols;
    std::array<Block, tcp_flags.size()> flags; // elements of a list
};

// Names are in lower case: only ASCII is in them.
Block made_of(std::string_view before, std::string_view name, std::string_view after)
{
    Block block{};
    TextWriter text(block.text.data(), block.text.size());
    text.put(before);
    for (const char letter : name)
        text.put('A' <= letter && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter);
    text.put(after);
    block.length = std::min(text.finish(), block.text.size() - 1); // a longer one was cut
    return block;
}

Block named(std::string_view key, const char* name)
{
    return name == nullptr ? Block{} : made_of(key, name, "\"");
}

Form form_of(const nflogcap_field& field)
{
    const auto is = [&](std::uint32_t is_dissected, std::size_t offset) {
        return field.is_dissected == is_dissected && field.offset == offset;
    };
    switch (field.kind) {
    case NFLOGCAP_BYTES:
        return is(0, offsetof(nflogcap_packet, payload))      ? Form::payload
               : is(0, offsetof(nflogcap_packet, hw_address)) ? Form::hw_address
                                                              : Form::bytes;
    case NFLOGCAP_TEXT:
        return Form::text;
    case NFLOGCAP_ADDRESS:
        return Form::address;
    case NFLOGCAP_LIST:
        return Form::list;
    case NFLOGCAP_INTERFACE:
        return Form::interface;
    default:
        return is(0, offsetof(nflogcap_packet, family))          ? Form::family
               : is(0, offsetof(nflogcap_packet, hook))          ? Form::hook
               : is(1, offsetof(nflogcap_dissection, protocol))  ? Form::protocol
               : is(1, offsetof(nflogcap_dissection, tcp_flags)) ? Form::tcp_flags
                                                                 : Form::integer;
    }
}

Pieces make_pieces()
{
    Pieces pieces{};
    const auto add = [&](const nflogcap_field& field) {
        pieces.members[pieces.member_count++] = {made_of(",\"", field.name, "\":"), &field,
                                                 form_of(field)};
    };
    static_assert(max_field_name + std::string_view(",\"\":").size() < sizeof(Block::text));
    // The payload and its lengths, which come before the time in the struct, come last, because
    // they are long. The time is at the beginning of the object.
    const std::span<const nflogcap_field> all = fields();
    const std::size_t time = find_field("timestamp_ns");
    for (const nflogcap_field& field : all.subspan(time + 1))
        add(field);
    for (const nflogcap_field& field : all.first(time))
        add(field);
    for (std::size_t family = 0; family < pieces.families.size(); ++family) {
        const auto number = static_cast<std::uint8_t>(family);
        pieces.families[family] = named(R"(,"family_name":")", family_name(number));
        for (std::size_t hook = 0; hook < pieces.hooks[family].size(); ++hook)
            pieces.hooks[family][hook] =
                named(R"(,"hook_name":")", hook_name(number, static_cast<std::uint8_t>(hook)));
    }
    for (std::size_t protocol = 0; protocol < pieces.protocols.size(); ++protocol) {
        const auto name = protocol_name(static_cast<std::uint8_t>(protocol));
        if (!name.empty())
            pieces.protocols[protocol] = made_of(R"(,"protocol_name":")", name, "\"");
    }
    for (std::size_t i = 0; i < tcp_flags.size(); ++i)
        pieces.flags[i] = made_of("\"", tcp_flags[i].name, "\"");
    return pieces;
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
    JsonWriter(TextWriter& text, const nflogcap_packet& packet, const JsonContext& context)
        : text_(text), packet_(packet), context_(context), dissection_(dissect(packet)),
          structs_{{{reinterpret_cast<const std::byte*>(&packet_), packet_.present},
                    {reinterpret_cast<const std::byte*>(&dissection_), dissection_.known}}}
    {
    }

    void write()
    {
        static const Pieces pieces = make_pieces();
        write_head();
        for (std::size_t i = 0; i < pieces.member_count; ++i) {
            const Member& member = pieces.members[i];
            const Struct& from = structs_[member.field->is_dissected];
            if (member.field->present == 0 || (member.field->present & from.present) != 0)
                write(member, from, pieces);
        }
        if ((packet_.present & NFLOGCAP_HAS_WIRE_LENGTH) == 0)
            text_.put(R"(,"wire_length_is_min":true)");
        text_.put('}');
    }

private:
    // One of the two that have the fields.
    struct Struct {
        const std::byte* bytes;
        std::uint64_t present;
    };

    // What is not a field, and the time, which is in every packet.
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
        default:
            text_.put_number(integer_at(at, field.size));
            write_name(member.form, pieces);
        }
    }

    // The member that names the number before it.
    void write_name(Form form, const Pieces& pieces)
    {
        const std::size_t family = packet_.family;
        switch (form) {
        case Form::family:
            if (family < pieces.families.size())
                text_.put(pieces.families[family]);
            return;
        case Form::hook:
            if (family < pieces.hooks.size() && packet_.hook < pieces.hooks[family].size())
                text_.put(pieces.hooks[family][packet_.hook]);
            return;
        case Form::protocol:
            return text_.put(pieces.protocols[dissection_.protocol]);
        default:
            return write_flags(pieces);
        }
    }

    void write_flags(const Pieces& pieces)
    {
        text_.put(R"(,"tcp_flags_names":[)");
        bool is_first = true;
        for (std::size_t i = 0; i < tcp_flags.size(); ++i) {
            if ((dissection_.tcp_flags & tcp_flags[i].flag) == 0)
                continue;
            if (!is_first)
                text_.put(',');
            is_first = false;
            text_.put(pieces.flags[i]);
        }
        text_.put(']');
    }

    void write_bytes(Bytes bytes, char separator)
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

    // Of a member that stands beside a field.
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
