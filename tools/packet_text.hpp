// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interface_names.hpp"
#include "options.hpp"

#include <nflogcap.h>
#include <string>
#include <vector>

namespace command {

// Returns the format of --json.
int json_format(const CaptureOptions& options);

// Converts packets to text, one line for each packet.
class PacketText {
public:
    // `format` is passed to nflogcap_packet_format().
    PacketText(nflogcap* handle, int format)
        : format_(format), host_(nflogcap_host_name(handle)), names_(handle), room_(usual_size)
    {
    }

    void append(std::string& text, const nflogcap_packet& packet);

    // Clears the cached names of interfaces. Call this now and then, because interfaces are added,
    // removed and renamed.
    void forget_names() { names_.forget(); }

private:
    static constexpr std::size_t usual_size = 4096; // bytes

    int format_;
    const char* host_; // nullptr: unknown
    InterfaceNames names_;
    std::vector<char> room_; // buffer for the text of one packet
};

} // namespace command
