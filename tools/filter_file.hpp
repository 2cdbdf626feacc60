// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// The filter in a file. A comment starts with '#' and ends with its line. Throws Failure if the
// file cannot be read, or is not a filter.
std::string filter_in(const std::string& path);

} // namespace command
