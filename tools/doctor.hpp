// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Checks everything that a capture needs, and prints what is missing and what to do about it.
// Returns `failed` if something is missing.
ExitStatus doctor(const DoctorOptions& options);

} // namespace command
