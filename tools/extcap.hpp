// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Answers the requests of Wireshark to a program in its extcap directory.
ExitStatus answer(const ExtcapQuery& query);

// Sets the options for the interface that Wireshark captures on. Throws Failure of wrong_usage if
// there is no such interface.
void apply_extcap_interface(CaptureOptions& options, const std::string& name);

} // namespace command
