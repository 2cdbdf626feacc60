// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// A text to print before the program exits: the help or the version.
struct Words {
    std::string text;
};

} // namespace command
