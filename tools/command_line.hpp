// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// Groups of options that are not in the help. CLI11 hides those of a group without a name, but then
// it does not name them in its errors either.
constexpr const char* wiresharks_own = "Wireshark";
constexpr const char* tcpdumps_own = "tcpdump"; // that change nothing here, or are refused

// Gives a command its help, and lets words stand between its options.
void set_up(CLI::App& app, const std::string& usage);

// Parses, and returns the words that belong to no option; throws Words where help or the version is
// asked for, and Failure of wrong_usage. As for all programs that use getopt(3), options may stand
// behind words, and not behind "--".
std::vector<std::string> parse(CLI::App& app, int argc, char** argv);

// Refuses words, for a command that takes none.
void require_nothing(const CLI::App& app, const std::vector<std::string>& words);

// Refuses the options that have no effect on what is asked for by the one that is named first.
void allow_only(const CLI::App& app, const std::string& first,
                std::initializer_list<std::string_view> allowed);

} // namespace command
