// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Texts made from the table of options and commands, in the language of each generated file.

// For nflogcap(1) and the other manuals. Returns the items of a list of options: those of one
// command, or with command "" those of all commands.
std::string manual_options(std::string_view section, std::string_view command = "");
// Returns the names of the options that 'nflogcap top' shares with other sections: "-g, -i and -r".
std::string manual_options_shared_by_top();

// For the completions of the shells:
// For each option, a branch of a case statement that completes its argument.
std::string bash_arguments();
std::string bash_options(); // for each command, a branch of a case statement with its options
std::string bash_commands();
// For each command, a branch of a case statement with arguments for _arguments.
std::string zsh_options();
std::string zsh_commands();
std::string fish_options();
std::string fish_commands();

} // namespace command
