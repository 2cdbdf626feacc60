// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <nflogcap.h>
#include <string>

namespace command {

// Lines that tell the counters of a capture that has ended, with what to do about those that are
// not as they should be. `taken`: packets printed or written; nothing where that is not known,
// since not all of it got through.
std::string summary(std::optional<std::uint64_t> taken, const nflogcap_stats& stats,
                    const CaptureOptions& options);

} // namespace command
