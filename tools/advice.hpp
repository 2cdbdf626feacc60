// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// What to do about an errno, to be appended to words about it; empty where those say it.
std::string advice_on(int error);

// The same, of a file that is opened and written to. `user`: who writes it, "" being this one.
std::string advice_on_writing(int error, const std::string& user = {});

} // namespace command
