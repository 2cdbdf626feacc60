// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace support {

// Runs a body in a thread that has dropped all its capabilities. The other threads keep their
// capabilities.
void without_capabilities(const std::function<void()>& body);

// Runs a body in a thread that has only the capability to bind groups and change rules.
void with_net_admin_alone(const std::function<void()>& body);

} // namespace support
