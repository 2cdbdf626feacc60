// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "command_line.hpp"
#include "options.hpp"

#include <string>

namespace command {

// The options that Wireshark passes besides those of a capture.
struct Extcap {
    bool interfaces = false;
    bool link_types = false;
    bool configuration = false;
    bool capture = false;
    std::string interface;
    std::string fifo;
    std::string link_type;
    std::string filter;
    std::string version; // Wireshark's
    bool asks_about_filter = false;
};

void bind_extcap(CommandLine& line, Extcap& extcap);

// Refuses Wireshark's options if none of them requests anything.
void refuse_extcap_options(const CommandLine& line);

// What Wireshark requests. Throws Failure of wrong_usage.
Options of_extcap(const CommandLine& line, const Extcap& extcap, CaptureOptions options);

} // namespace command
