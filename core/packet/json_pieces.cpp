// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_pieces.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace nflog::json {

namespace {

using Block = TextWriter::Block;

// Joins the three texts. `name` becomes lower case; it contains only ASCII.
Block made_of(std::string_view before, std::string_view name, std::string_view after)
{
    Block block{};
    TextWriter text(block.text.data(), block.text.size());
    text.put(before);
    for (const char letter : name)
        text.put('A' <= letter && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter);
    text.put(after);
    block.length = std::min(text.finish(), block.text.size() - 1); // the buffer cut a longer text
    return block;
}

Block named(std::string_view key, const char* name)
{
    return name == nullptr ? Block{} : made_of(key, name, "\"");
}

// The field's kind determines the form, except for a few fields.
Form form_of(const nflogcap_field& field)
{
    switch (field.kind) {
    case NFLOGCAP_BYTES:
        return Form::bytes;
    case NFLOGCAP_TEXT:
        return Form::text;
    case NFLOGCAP_ADDRESS:
        return Form::address;
    case NFLOGCAP_LIST:
        return Form::list;
    case NFLOGCAP_INTERFACE:
        return Form::interface;
    default:
        return Form::integer;
    }
}

Form form_in_packet(const nflogcap_field& field)
{
    const auto is = [&](std::uint32_t is_dissected, std::size_t offset) {
        return field.is_dissected == is_dissected && field.offset == offset;
    };
    return is(0, offsetof(nflogcap_packet, payload))         ? Form::payload
           : is(0, offsetof(nflogcap_packet, hw_address))    ? Form::hw_address
           : is(0, offsetof(nflogcap_packet, family))        ? Form::family
           : is(0, offsetof(nflogcap_packet, hook))          ? Form::hook
           : is(1, offsetof(nflogcap_dissection, protocol))  ? Form::protocol
           : is(1, offsetof(nflogcap_dissection, tcp_flags)) ? Form::tcp_flags
                                                             : form_of(field);
}

Form form_in_conntrack(const nflogcap_field& field)
{
    return field.offset == offsetof(nflogcap_conntrack, status) ? Form::connection_status
                                                                : form_of(field);
}

Form form_in_tuple(const nflogcap_field& field)
{
    return field.offset == offsetof(nflogcap_tuple, protocol) ? Form::protocol : form_of(field);
}

Members members_of(std::span<const nflogcap_field> fields, Form (*form)(const nflogcap_field&))
{
    static_assert(max_field_name + std::string_view(",\"\":").size() < sizeof(Block::text));
    Members members{};
    for (const nflogcap_field& field : fields)
        members.all[members.count++] = {made_of(",\"", field.name, "\":"), &field, form(field)};
    return members;
}

Pieces make_pieces()
{
    Pieces pieces{};
    // In the struct, the payload and its lengths come before the time. In the object, the time
    // comes first and the payload last.
    const std::span<const nflogcap_field> all = fields();
    const std::size_t time = find_field("timestamp_ns");
    pieces.before_payload = members_of(all.subspan(time + 1), form_in_packet);
    pieces.payload = members_of(all.first(time), form_in_packet);
    const std::span<const nflogcap_field> entry = conntrack_fields();
    const auto tuples = std::ranges::find(entry, NFLOGCAP_TUPLE, &nflogcap_field::kind);
    pieces.conntrack = members_of({entry.begin(), tuples}, form_in_conntrack);
    pieces.tuple = members_of(tuple_fields(), form_in_tuple);
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
    for (std::size_t i = 0; i < connection_statuses.size(); ++i)
        pieces.statuses[i] = made_of("\"", connection_statuses[i].name, "\"");
    return pieces;
}

} // namespace

const Pieces& pieces()
{
    static const Pieces made = make_pieces();
    return made;
}

} // namespace nflog::json
