// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text_writer.hpp"

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// Names interfaces by the caller's function, if there is one.
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

// One line for people, without its line end.
void write_line(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer,
                LineForm form);

// What an object has beside the packet, and whether it has the payload.
struct JsonContext {
    InterfaceNamer namer;
    const char* host; // the machine that captured; nullptr: not known
    bool has_payload;
};

// One JSON object on one line, without its line end: nflogcap(1), JSON. What it promises to
// programs is in docs/packet.schema.json.
void write_json(TextWriter& text, const nflogcap_packet& packet, const JsonContext& context);

} // namespace nflog
