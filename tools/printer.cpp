// SPDX-License-Identifier: GPL-2.0-or-later
#include "printer.hpp"

#include "hexdump.hpp"

#include <unistd.h>

namespace command {

Printer::Printer(nflogcap* handle, Form form, StatusLine& status)
    : form_(form), pipe_(is_pipe(STDOUT_FILENO)), output_(&status), names_(handle),
      line_(names_, Colours(STDOUT_FILENO)), json_(names_)
{
}

bool Printer::write(const nflogcap_packet& packet)
{
    std::string& text = output_.buffer();
    if (form_ == Form::json)
        json_.append(text, packet);
    else
        line_.append(text, packet);
    if (form_ == Form::lines_with_hexdump)
        append_hexdump(text, {packet.payload, packet.payload_length});
    output_.flush_if_full();
    return true;
}

bool Printer::tick()
{
    names_.forget();
    return !(pipe_ && reader_gone(STDOUT_FILENO));
}

} // namespace command
