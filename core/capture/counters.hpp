// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>

namespace nflog {

// The description of a counter; nullptr past the last.
const nflogcap_counter* counter_at(std::size_t index) noexcept;

} // namespace nflog
