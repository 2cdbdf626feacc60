// SPDX-License-Identifier: GPL-2.0-or-later
#include "printer.hpp"

#include "colours.hpp"
#include "failure.hpp"
#include "hexdump.hpp"

#include <unistd.h>

namespace command {

namespace {

constexpr std::size_t usual_text = 4096; // bytes

int format_of(Printer::Form form)
{
    if (form == Printer::Form::json)
        return NFLOGCAP_JSON;
    if (form == Printer::Form::json_without_payload)
        return NFLOGCAP_JSON_NO_PAYLOAD;
    return Colours(STDOUT_FILENO).on() ? NFLOGCAP_COLORED_LINE : NFLOGCAP_LINE;
}

} // namespace

Printer::Printer(nflogcap* handle, Form form, StatusLine& status)
    : has_hexdump_(form == Form::lines_with_hexdump), format_(format_of(form)),
      host_(nflogcap_host_name(handle)), output_(&status), names_(handle), text_(usual_text)
{
}

bool Printer::write(const nflogcap_packet& packet)
{
    const auto format = [&] {
        const int length = nflogcap_packet_format(&packet, format_, &InterfaceNames::name, &names_,
                                                  host_, text_.data(), text_.size());
        if (length < 0)
            throw Failure(std::string("cannot format a packet: ") + nflogcap_strerror(length));
        return static_cast<std::size_t>(length);
    };
    std::size_t length = format();
    if (length >= text_.size()) {
        text_.resize(length + 1);
        length = format();
    }
    std::string& text = output_.buffer();
    text.append(text_.data(), length) += '\n';
    if (has_hexdump_)
        append_hexdump(text, {packet.payload, packet.payload_length});
    output_.end_packet();
    output_.flush_if_full();
    return true;
}

int Printer::fd() const
{
    return STDOUT_FILENO;
}

bool Printer::tick()
{
    names_.forget();
    return true;
}

} // namespace command
