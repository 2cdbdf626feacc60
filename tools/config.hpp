// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace command {

// Whether the command line begins with --config.
bool has_config(int argc, char** argv);

// Parses a command line. If it begins with "--config FILE", the words in the file replace these two
// words, and an error in the file names its line. `parse` parses a command line without that
// option; it may be called several times with different command lines, and the last call that does
// not throw has the result.
void parse_with_config(int argc, char** argv,
                       const std::function<void(int argc, char** argv)>& parse);

} // namespace command
