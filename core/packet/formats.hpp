// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text_writer.hpp"

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// Finds the names of interfaces with the caller's function, if the caller gave one.
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

// Writes a packet as one line for people, without a line end.
void write_line(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer,
                LineForm form);

// What a JSON object contains besides the packet's fields.
struct JsonContext {
    InterfaceNamer namer;
    const char* host; // name of the machine that captured the packet; nullptr: unknown
    bool has_payload;
};

// Writes a packet as one JSON object on one line, without a line end. The section JSON of
// nflogcap(1) describes the object. docs/packet.schema.json specifies its members.
void write_json(TextWriter& text, const nflogcap_packet& packet, const JsonContext& context);

} // namespace nflog
