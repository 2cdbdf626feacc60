// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// The filter that a file holds, in which a comment goes from '#' to the end of its line. Throws
// Failure if the file cannot be read, or holds more or something else than a filter.
std::string filter_in(const std::string& path);

} // namespace command
