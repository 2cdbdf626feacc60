// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace command {

// The name of the savefile with that number (-C) in the period that begins at that local time (-G).
// A repetition above 0 makes it another one, for a name that is taken.
std::string savefile_name(const CaptureOptions& options, const std::tm& begin,
                          std::uint64_t repetition, std::uint64_t number);

// Whether the library compresses a savefile of this name.
bool is_compressed(std::string_view name);

// Throws Failure if the process may not write one of the next 1000 savefiles. A capture of hours is
// not to end because of that. Directories that do not exist yet are not looked at: something else
// may make them in time.
void require_writable_savefiles(const CaptureOptions& options);

} // namespace command
