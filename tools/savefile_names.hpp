// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace command {

// Returns the name of a savefile. `begin`: the local time at which the period of -G begins.
// `number`: the file's number for -C. A `repetition` above 0 gives another name, for the case that
// the name is in use.
std::string savefile_name(const CaptureOptions& options, const std::tm& begin,
                          std::uint64_t repetition, std::uint64_t number);

// Returns whether the library compresses a savefile with this name.
bool is_compressed(std::string_view name);

// Throws Failure if the process may not write one of the next 1000 savefiles. This check stops a
// long capture from failing later. It does not check directories that do not exist yet, because
// another program may create them in time.
void require_writable_savefiles(const CaptureOptions& options);

} // namespace command
