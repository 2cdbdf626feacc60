// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_comment.hpp"

#include "text_writer.hpp"

namespace nflog {

void put_device(TextWriter& text, const InterfaceNamer& namer, std::uint32_t index)
{
    if (const char* name = namer.name(index); name != nullptr) {
        text.put_escaped(name);
        return;
    }
    text.put('#');
    text.put_number(index);
}

std::string_view write_comment(const nflogcap_packet& packet, const InterfaceNamer& namer,
                               std::span<char> buffer)
{
    TextWriter text(buffer.data(), buffer.size());
    text.put("group=");
    text.put_number(packet.group);
    const auto put_devices = [&](std::string_view key, std::uint32_t device, std::uint32_t port) {
        if (device == 0 && port == 0)
            return;
        text.put(key);
        put_device(text, namer, device != 0 ? device : port);
    };
    put_devices(" in=", packet.indev, packet.physindev);
    put_devices(" out=", packet.outdev, packet.physoutdev);
    const auto put_number = [&](std::uint64_t bit, std::string_view key, std::uint32_t number) {
        if ((packet.present & bit) == 0)
            return;
        text.put(key);
        text.put_number(number);
    };
    put_number(NFLOGCAP_HAS_MARK, " mark=", packet.mark);
    put_number(NFLOGCAP_HAS_UID, " uid=", packet.uid);
    put_number(NFLOGCAP_HAS_GID, " gid=", packet.gid);
    if (packet.prefix != nullptr && *packet.prefix != '\0') {
        text.put(" prefix=");
        text.put_quoted(packet.prefix);
    }
    text.finish();
    return buffer.data(); // the text contains no NUL
}

} // namespace nflog
