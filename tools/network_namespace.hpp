// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

// A name of 'ip netns' as the path of the network namespace; a path as it is.
std::string path_of_netns(const std::string& name);

// Enters the network namespace at this path, for good; "": stays. Throws Failure.
void enter_netns(const std::string& path);

} // namespace command
