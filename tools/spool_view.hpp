// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// The command nflogcap spool DIR.
ExitStatus view_spool(const SpoolOptions& options);

} // namespace command
