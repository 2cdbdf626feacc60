// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace command {

// What Wireshark says beside the options of a capture.
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

void add_extcap(CLI::App& app, Extcap& extcap);

// Refuses Wireshark's options where it asks for nothing.
void refuse_extcap_options(const CLI::App& app);

// What Wireshark asks for. Throws Failure of wrong_usage.
Options of_extcap(const CLI::App& app, const Extcap& extcap, CaptureOptions options);

// CLI11 cannot check it: Wireshark leaves out --tap, if its field is empty, and gives --hook.
void require_tap_of_hook(const CaptureOptions& options);

} // namespace command
