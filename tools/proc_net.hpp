// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

namespace command {

// The text of a file of /proc/self/net, such as "netlink": what the kernel tells of the network
// namespace of this process. Nothing if the kernel has no such file. Throws Failure if /proc does
// not say whether it has one.
std::optional<std::string> read_proc_net(const std::string& name);

} // namespace command
