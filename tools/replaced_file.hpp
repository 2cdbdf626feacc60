// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Replaces the content of a file in one step: writes PATH.tmp, then renames it. A reader sees
// either the old or the new content. All users may read the file. If it fails, it throws Failure
// and the old file stays unchanged.
void replace_file(const std::string& path, std::string_view content);

} // namespace command
