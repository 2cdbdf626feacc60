// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// What there is to print, after which all is done: help, version.
struct Words {
    std::string text;
};

} // namespace command
