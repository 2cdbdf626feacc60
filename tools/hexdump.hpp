// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <string>

namespace command {

// Appends indented lines of 16 bytes each: the offset, and the bytes in hexadecimal.
void append_hex_dump(std::string& text, Bytes bytes);

// Appends the same lines; each ends with the printable ASCII characters of its bytes.
void append_hex_and_ascii_dump(std::string& text, Bytes bytes);

// Appends the printable ASCII characters of the payload. Each line of the payload becomes one line,
// which is indented so that it cannot look like the line of a packet.
void append_ascii_dump(std::string& text, Bytes bytes);

} // namespace command
