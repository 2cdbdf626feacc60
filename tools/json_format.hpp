// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interface_names.hpp"

#include <nflogcap.h>
#include <string>

namespace command {

// A packet as one JSON object on one line, of the fields that it has: nflogcap(1), JSON.
class JsonFormat {
public:
    explicit JsonFormat(InterfaceNames& names) : names_(names) {}

    void append(std::string& text, const nflogcap_packet& packet);

private:
    InterfaceNames& names_;
};

} // namespace command
