// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>

namespace nflog {

// Runs the body in another network namespace, named by a file such as /run/netns/blue or
// /proc/1234/ns/net, and waits for it. A thread of its own goes there, so that the calling thread
// never leaves its namespace, not even where the way back would fail. Throws what the body throws,
// and Error where the namespace cannot be entered.
void run_in_network_namespace(const std::string& path, const std::function<void()>& body);

} // namespace nflog
