// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

namespace command {

// Whether the command line begins with --config.
bool has_config(int argc, char** argv);

// Parses a command line in which the words of a file take the place of "--config FILE", if it
// begins with that. An error in the file names its line. `parse` parses a line without that option;
// it may be called several times, with different lines, and the last call that does not throw has
// the result.
void parse_with_config(int argc, char** argv,
                       const std::function<void(int argc, char** argv)>& parse);

} // namespace command
