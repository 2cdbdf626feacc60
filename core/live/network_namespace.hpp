// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>

namespace nflog {

// Runs the body in another network namespace, and waits until it has ended. `path` is a file of the
// namespace, such as /run/netns/blue or /proc/1234/ns/net. A new thread enters the namespace,
// because a return of the calling thread to its own namespace could fail. Throws the exceptions of
// the body, and Error if the namespace cannot be entered.
void run_in_network_namespace(const std::string& path, const std::function<void()>& body);

} // namespace nflog
