// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// The texts of the table of options and commands, in the language of each generated file.

// For nflogcap(1) and the other manuals: the items of a list of options, either of one command or,
// with "", of all commands.
std::string manual_options(std::string_view section, std::string_view command = "");
// The names of the options that 'nflogcap top' shares with other sections, as in "-g, -i and -r".
std::string manual_options_shared_by_top();

// For the completions of the shells.
std::string bash_arguments(); // case branches per option: how its argument is completed
std::string bash_options();   // case branches per command: its options
std::string bash_commands();
std::string zsh_options(); // case branches per command: specifications for _arguments
std::string zsh_commands();
std::string fish_options();
std::string fish_commands();

} // namespace command
