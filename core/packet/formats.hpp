// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text_writer.hpp"

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// Names interfaces by the caller's function, if one is given.
struct InterfaceNamer {
    nflogcap_interface_namer function;
    void* context;

    // nullptr if the interface has no name.
    [[nodiscard]] const char* name(std::uint32_t index) const
    {
        return function == nullptr ? nullptr : function(context, index);
    }
};

struct LineForm {
    bool is_colored;
    bool has_time = true;
};

// One line for people, without a line end.
void write_line(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer,
                LineForm form);

// Members of the object beside the packet's, and whether it contains the payload.
struct JsonContext {
    InterfaceNamer namer;
    const char* host; // name of the machine that captured; nullptr: unknown
    bool has_payload;
};

// One JSON object on one line, without a line end, as the section JSON of nflogcap(1) describes it.
// docs/packet.schema.json specifies its members.
void write_json(TextWriter& text, const nflogcap_packet& packet, const JsonContext& context);

} // namespace nflog
