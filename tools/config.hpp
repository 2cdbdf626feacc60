// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

namespace command {

// Parses a command line in which the words of a file take the place of "--config FILE", if it
// begins with that. An error in the file names its line. `parse` is parse_options() without this.
Options parse_with_config(int argc, char** argv, Options (*parse)(int argc, char** argv));

} // namespace command
