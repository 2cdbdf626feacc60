// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// Enters the network namespace at this path, for good; "": stays. Throws Failure.
void enter_netns(const std::string& path);

} // namespace command
