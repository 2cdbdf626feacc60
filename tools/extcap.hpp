// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Answers a request of Wireshark. Wireshark runs the programs in its extcap directory to list
// interfaces and their options.
ExitStatus answer(const ExtcapQuery& query);

// Sets the options for the interface that Wireshark captures on. Throws Failure with wrong_usage if
// there is no such interface.
void apply_extcap_interface(CaptureOptions& options, const std::string& name);

} // namespace command
