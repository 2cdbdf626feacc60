// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <nflogcap.h>
#include <string>

namespace command {

// Lines with the counters of a capture that has ended, and advice if something went wrong.
// `output`: packets counted, or printed or written completely; `skipped`: packets that the link
// type of the savefile cannot hold.
std::string summary(std::uint64_t output, std::uint64_t skipped, const nflogcap_stats& stats,
                    const CaptureOptions& options);

} // namespace command
