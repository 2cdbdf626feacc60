// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// Returns what users can do about an errno, as text to append to an error message. Returns "" if
// the error message already says it.
std::string advice_on(int error);

// The same advice for a file that the command opens and writes to. `user`: the user that writes the
// file; "": the current user.
std::string advice_on_writing(int error, const std::string& user = {});

} // namespace command
