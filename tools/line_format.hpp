// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"
#include "interface_names.hpp"

#include <ctime>
#include <nflogcap.h>
#include <string>

namespace command {

struct Dissection;

// A packet as one line for people.
class LineFormat {
public:
    LineFormat(InterfaceNames& names, const Colours& colours) : names_(names), colours_(colours) {}

    void append(std::string& text, const nflogcap_packet& packet);

private:
    void append_time(std::string& text, std::uint64_t nanoseconds);
    void append_device(std::string& text, std::string_view direction, std::uint32_t index,
                       std::uint32_t port);
    void append_name(std::string& text, std::uint32_t index);
    void append_what(std::string& text, const nflogcap_packet& packet, const Dissection& found);

    InterfaceNames& names_;
    Colours colours_;
    std::time_t second_ = -1; // that clock_ shows
    std::string clock_;
};

} // namespace command
