// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "provocations.hpp"

#include <functional>

namespace support {

// The failures in a process that is root in its own user namespace.
Failure in_user_namespace(const std::function<Failure()>& body);

} // namespace support
