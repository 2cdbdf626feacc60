// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// What the table of options and commands says, in the language of each file that is made of it.

// Of nflogcap(1) and the like: the items of a list of options, those of one command or, with "",
// all.
std::string manual_options(std::string_view section, std::string_view command = "");
// The names of the options that 'nflogcap top' has from other sections, as in "-g, -i and -r".
std::string manual_options_shared_by_top();

// Of the shells' completions.
std::string bash_arguments(); // arms of a case of an option: what completes its argument
std::string bash_options();   // arms of a case of a command: its options
std::string bash_commands();
std::string zsh_options(); // arms of a case of a command: specifications for _arguments
std::string zsh_commands();
std::string fish_options();
std::string fish_commands();

} // namespace command
