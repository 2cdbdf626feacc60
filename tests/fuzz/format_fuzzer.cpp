// SPDX-License-Identifier: GPL-2.0-or-later
// Formats any packets as text in each format, into buffers of any size.
#include "characters.hpp"
#include "libfuzzer.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "own_packet.hpp"
#include "packet_parser.hpp"

#include <array>
#include <memory>
#include <nflogcap.h>
#include <string>
#include <string_view>

using fuzz::must;

namespace {

// Returns the prefix of the packet as the name of an interface, because a prefix can contain any
// characters. Returns nullptr for some interfaces.
const char* name_of(void* context, std::uint32_t index)
{
    return index % 3 == 0 ? nullptr : static_cast<const char*>(context);
}

int format(const nflogcap_packet& packet, int form, char* buffer, std::size_t capacity)
{
    const char* name = packet.prefix == nullptr ? "lo" : packet.prefix;
    return nflogcap_packet_format(&packet, form, name_of, const_cast<char*>(name), name, buffer,
                                  capacity);
}

void check_characters(std::string_view text)
{
    while (!text.empty()) {
        const nflog::Character first = nflog::first_character(text);
        must(first.is_printable, "a text has printable characters only");
        text.remove_prefix(first.length);
    }
}

// Checks that a text is one JSON object: outside of strings it has only characters of JSON's
// structure and numbers.
void check_json(std::string_view text)
{
    must(text.starts_with('{') && text.ends_with('}'), "an object has braces around it");
    bool in_string = false;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (in_string && text[i] == '\\')
            must(std::string_view("\"\\u").find(text[++i]) != std::string_view::npos,
                 "an escape is one of JSON's");
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string && text.substr(i).starts_with("true"))
            i += 3;
        else if (!in_string)
            must(std::string_view(",:[]{}0123456789").find(text[i]) != std::string_view::npos,
                 "fields have numbers, strings, lists, objects and true");
    }
    must(!in_string, "strings end");
}

// Checks the text that is written to a buffer of exactly this size.
void check_capacity(const nflogcap_packet& packet, int form, std::string_view whole,
                    std::size_t capacity)
{
    const std::unique_ptr<char[]> buffer(new char[capacity]);
    must(format(packet, form, buffer.get(), capacity) == static_cast<int>(whole.size()),
         "the returned length does not depend on the size of the buffer");
    const std::string_view part(buffer.get());
    must(part.size() < capacity && whole.starts_with(part), "a buffer has the start of the text");
    constexpr std::size_t max_character = 4;
    must(part.size() + max_character >= std::min(capacity, whole.size()),
         "a buffer has as much text as fits into it");
}

void check(const nflogcap_packet& packet)
{
    static std::array<char, 1U << 18U> buffer;
    constexpr std::array forms = {NFLOGCAP_LINE, NFLOGCAP_JSON, NFLOGCAP_COLORED_LINE,
                                  NFLOGCAP_LINE | NFLOGCAP_NO_TIME,
                                  NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD};
    // The format and the size of the buffer depend only on the input.
    const std::uint64_t choice =
        packet.message_length * 31U + packet.timestamp_ns / 1000 + packet.mark + packet.seq;
    const int form = forms[choice % forms.size()];
    const int length = format(packet, form, buffer.data(), buffer.size());
    must(length > 0 && static_cast<std::size_t>(length) < buffer.size(), "a packet has a text");
    const std::string_view text(buffer.data());
    must(text.size() == static_cast<std::size_t>(length), "a text has the returned length");
    if (form != NFLOGCAP_COLORED_LINE)
        check_characters(text);
    if ((form & ~NFLOGCAP_NO_PAYLOAD) == NFLOGCAP_JSON)
        check_json(text);
    check_capacity(packet, form, text, 1 + choice % (text.size() + 1));
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto message = fuzz::body_of(std::as_bytes(std::span(data, size)));
    nflogcap_packet parsed;
    if (nflog::parse_packet(message, parsed))
        check(fuzz::OwnPacket(parsed, parsed.payload_length).view());
    return 0;
}
