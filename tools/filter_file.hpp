// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// Reads a filter from a file. A comment starts with '#' and ends at the end of its line. Throws
// Failure if the file cannot be read, or does not contain a filter.
std::string filter_in(const std::string& path);

} // namespace command
