// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "provocations.hpp"

#include <functional>

namespace support {

// What failed in a process that is root in a user namespace of its own.
Failure in_user_namespace(const std::function<Failure()>& body);

} // namespace support
