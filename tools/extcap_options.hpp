// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "command_line.hpp"
#include "options.hpp"

#include <string>

namespace command {

// The options that Wireshark passes in addition to those of a capture.
struct Extcap {
    bool interfaces = false;
    bool link_types = false;
    bool configuration = false;
    bool capture = false;
    std::string interface;
    std::string fifo;
    std::string link_type;
    std::string filter;
    std::string version; // Wireshark's version
    bool asks_about_filter = false;
};

void bind_extcap(CommandLine& line, Extcap& extcap);

// Refuses Wireshark's options if none of them states a request.
void refuse_extcap_options(const CommandLine& line);

// Returns what Wireshark requests. Throws Failure with wrong_usage.
Options of_extcap(const CommandLine& line, const Extcap& extcap, CaptureOptions options);

} // namespace command
