// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_state.hpp"
#include "colours.hpp"

#include <string>

namespace fleet {

// Returns the output of --report, as a table for users or as a JSON object on one line.
std::string report_text(const CollectState& state, const command::Colours& colours);
std::string report_json(const CollectState& state);

} // namespace fleet
