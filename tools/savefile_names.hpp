// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace command {

// The name of the savefile with that number (-C) in the period that begins at that local time (-G).
// A repetition above 0 gives another name, if the name is already used.
std::string savefile_name(const CaptureOptions& options, const std::tm& begin,
                          std::uint64_t repetition, std::uint64_t number);

// Whether the library compresses a savefile with this name.
bool is_compressed(std::string_view name);

// Throws Failure if the process may not write one of the next 1000 savefiles, so that a long
// capture does not end because of that. Directories that do not exist yet are not checked: another
// program may create them in time.
void require_writable_savefiles(const CaptureOptions& options);

} // namespace command
