// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <string>

namespace command {

// Lines of 16 bytes, indented: where they begin, and in hexadecimal.
void append_hex_dump(std::string& text, Bytes bytes);

// The same, and as ASCII where they are.
void append_hex_and_ascii_dump(std::string& text, Bytes bytes);

// As ASCII where they are, a line for each of theirs, indented so that none looks like a packet's.
void append_ascii_dump(std::string& text, Bytes bytes);

} // namespace command
