// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace support {

// Runs a body in a thread that has dropped all its capabilities. Capabilities belong to a thread,
// and the other threads keep theirs.
void without_capabilities(const std::function<void()>& body);

// The same in a thread that may only bind groups and change rules.
void with_net_admin_alone(const std::function<void()>& body);

} // namespace support
