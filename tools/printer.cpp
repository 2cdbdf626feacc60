// SPDX-License-Identifier: GPL-2.0-or-later
#include "printer.hpp"

#include "failure.hpp"
#include "hexdump.hpp"

#include <unistd.h>

namespace command {

namespace {

int format_of(const CaptureOptions& options, const Colours& colours, const Timestamps& timestamps)
{
    if (options.json)
        return json_format(options);
    const int line = colours.on() ? NFLOGCAP_COLORED_LINE : NFLOGCAP_LINE;
    return timestamps.are_the_librarys() ? line : line | NFLOGCAP_NO_TIME;
}

} // namespace

Printer::Printer(nflogcap* handle, const CaptureOptions& options, StatusLine& status)
    : payload_(options.payload), has_frames_(options.has_frames),
      colours_(STDOUT_FILENO, options.coloring), timestamps_(options), output_(&status),
      format_(format_of(options, colours_, timestamps_)), text_(handle, format_)
{
}

void Printer::append_payload(const nflogcap_packet& packet)
{
    Bytes bytes{packet.payload, packet.payload_length};
    if (has_frames_) {
        frame_.resize(static_cast<std::size_t>(nflogcap_packet_frame(&packet, nullptr, 0)));
        nflogcap_packet_frame(&packet, frame_.data(), frame_.size());
        bytes = frame_;
    }
    switch (payload_) {
    case PayloadForm::none:
        return;
    case PayloadForm::hex:
        return append_hex_dump(output_.buffer(), bytes);
    case PayloadForm::hex_and_ascii:
        return append_hex_and_ascii_dump(output_.buffer(), bytes);
    case PayloadForm::ascii:
        return append_ascii_dump(output_.buffer(), bytes);
    }
}

bool Printer::write(const nflogcap_packet& packet)
{
    if ((format_ & NFLOGCAP_NO_TIME) != 0) {
        std::string& text = output_.buffer();
        text += colours_.faint();
        timestamps_.append(text, packet.timestamp_ns);
        text += colours_.plain();
    }
    text_.append(output_.buffer(), packet);
    append_payload(packet);
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
    text_.forget_names();
    return true;
}

} // namespace command
