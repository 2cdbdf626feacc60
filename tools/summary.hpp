// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <nflogcap.h>
#include <string>

namespace command {

// Returns lines with the counters of a capture that has ended, and with advice if something went
// wrong. `output`: the number of packets that were counted, printed or written completely.
// `skipped`: the number of packets that the savefile's link type cannot hold.
std::string summary(std::uint64_t output, std::uint64_t skipped, const nflogcap_stats& stats,
                    const CaptureOptions& options);

} // namespace command
