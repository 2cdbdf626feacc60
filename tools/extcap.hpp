// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Answers what Wireshark asks of a program in its extcap directory.
ExitStatus answer(const ExtcapQuery& query);

// Of an interface that Wireshark captures on: sets what it stands for. Throws Failure of
// wrong_usage where there is none of that name.
void apply_extcap_interface(CaptureOptions& options, const std::string& name);

} // namespace command
