// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Looks at what a capture needs and tells what is missing and what to do. `failed` where something
// is.
ExitStatus doctor(const DoctorOptions& options);

} // namespace command
