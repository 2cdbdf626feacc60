// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_text.hpp"

#include "failure.hpp"

namespace command {

int json_format(const CaptureOptions& options)
{
    return options.no_payload ? NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD : NFLOGCAP_JSON;
}

void PacketText::append(std::string& text, const nflogcap_packet& packet)
{
    const auto format = [&] {
        const int length = nflogcap_packet_format(&packet, format_, &InterfaceNames::name, &names_,
                                                  host_, room_.data(), room_.size());
        if (length < 0)
            throw Failure(std::string("cannot format a packet: ") + nflogcap_strerror(length));
        return static_cast<std::size_t>(length);
    };
    std::size_t length = format();
    if (length >= room_.size()) {
        room_.resize(length + 1);
        length = format();
    }
    text.append(room_.data(), length) += '\n';
}

} // namespace command
