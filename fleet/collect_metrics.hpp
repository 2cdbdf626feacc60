// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_state.hpp"

#include <string>

namespace fleet {

// Returns the counters of a state in the text format of Prometheus, for the textfile collector of
// node_exporter.
std::string collect_metrics(const CollectState& state);

} // namespace fleet
