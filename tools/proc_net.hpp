// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

namespace command {

// Returns the text of a file in /proc/self/net, such as "netlink", which describes the network
// namespace of this process. Returns nothing if the kernel has no such file. Throws Failure if
// /proc does not show whether the kernel has the file.
std::optional<std::string> read_proc_net(const std::string& name);

} // namespace command
