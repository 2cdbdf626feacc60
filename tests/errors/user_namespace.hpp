// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "provocations.hpp"

#include <functional>

namespace support {

// Runs a body in a process that is root in its own user namespace. Returns its failure.
Failure in_user_namespace(const std::function<Failure()>& body);

} // namespace support
