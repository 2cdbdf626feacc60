// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace support {

// Runs a body in a thread that has dropped all its capabilities: they are a thread's own, and the
// others keep theirs.
void without_capabilities(const std::function<void()>& body);

// The same, in one that may bind groups and change rules, and no more.
void with_net_admin_alone(const std::function<void()>& body);

} // namespace support
