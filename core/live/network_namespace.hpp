// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>

namespace nflog {

// Runs the body in another network namespace, named by a file such as /run/netns/blue or
// /proc/1234/ns/net, and waits for it. A new thread enters the namespace, so that the calling
// thread never leaves its own, from which the way back might fail. Throws the exceptions of the
// body, and Error if the namespace cannot be entered.
void run_in_network_namespace(const std::string& path, const std::function<void()>& body);

} // namespace nflog
