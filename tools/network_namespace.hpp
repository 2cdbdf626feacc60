// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// Returns the path of the network namespace with this name in 'ip netns'. Returns the argument
// unchanged if it is a path.
std::string path_of_netns(const std::string& name);

// Enters the network namespace at this path for the rest of the process's life. "": stays in the
// current one. Throws Failure.
void enter_netns(const std::string& path);

} // namespace command
