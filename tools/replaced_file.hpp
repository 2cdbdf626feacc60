// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Replaces the content of a file in one step, by renaming another file, PATH.tmp: a reader sees
// either the old or the new content. All users may read the file. Throws Failure, and then leaves
// the file unchanged.
void replace_file(const std::string& path, std::string_view content);

} // namespace command
