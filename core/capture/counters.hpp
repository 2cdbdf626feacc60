// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>
#include <span>

namespace nflog {

// The descriptions of the counters, in the order of struct nflogcap_stats.
[[nodiscard]] std::span<const nflogcap_counter> counters() noexcept;

} // namespace nflog
