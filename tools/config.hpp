// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace command {

// Returns whether the command line begins with --config.
bool has_config(int argc, char** argv);

// Parses a command line. If it begins with "--config FILE", the words in the file replace these two
// words, and an error in the file names its line. `parse` parses a command line without --config.
// It may be called several times with different command lines; the result is the result of the last
// call that does not throw.
void parse_with_config(int argc, char** argv,
                       const std::function<void(int argc, char** argv)>& parse);

} // namespace command
