// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// What to do about an errno, to be appended to an error message; empty if the message already says
// it.
std::string advice_on(int error);

// The same for a file that is opened and written to. `user`: the user that writes it; "": the
// current user.
std::string advice_on_writing(int error, const std::string& user = {});

} // namespace command
