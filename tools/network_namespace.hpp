// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// Returns the path of the network namespace for a name of 'ip netns'; returns a path unchanged.
std::string path_of_netns(const std::string& name);

// Enters the network namespace at this path permanently; "": stays in the current one. Throws
// Failure.
void enter_netns(const std::string& path);

} // namespace command
