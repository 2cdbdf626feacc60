// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fleet {

// A small file in a directory. replace() replaces it as a whole, and the file is on the disk when
// the function returns. `what`: the path for error messages. Both functions throw command::Failure.
std::optional<std::string> read_state_file(int directory, const char* name,
                                           const std::string& what);
void replace_state_file(int directory, const char* name, std::string_view content,
                        const std::string& what);

} // namespace fleet
