// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <string>

namespace command {

// Indented lines of 16 bytes each: the offset, and the bytes in hexadecimal.
void append_hex_dump(std::string& text, Bytes bytes);

// The same, followed by the printable ASCII characters.
void append_hex_and_ascii_dump(std::string& text, Bytes bytes);

// The printable ASCII characters. Each line of the payload becomes one line, indented so that it
// cannot look like the line of a packet.
void append_ascii_dump(std::string& text, Bytes bytes);

} // namespace command
