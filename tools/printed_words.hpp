// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// A text that the program prints before it exits: the help or the version.
struct Words {
    std::string text;
};

} // namespace command
