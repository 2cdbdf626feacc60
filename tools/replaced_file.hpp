// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Gives a file this content in one step, by renaming another one beside it, PATH.tmp: a reader sees
// the old content or the new one. Anyone may read it. Throws Failure, and leaves the file as it
// was.
void replace_file(const std::string& path, std::string_view content);

} // namespace command
