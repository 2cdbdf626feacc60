// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <string>

namespace command {

// Lines of 16 bytes: where they begin, in hexadecimal, and as ASCII where they are.
void append_hexdump(std::string& text, Bytes bytes);

} // namespace command
