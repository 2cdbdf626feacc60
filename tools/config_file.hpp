// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace command {

// A word of the command line that a file holds.
struct ConfigWord {
    std::string text;
    std::size_t line; // from 1 on
};

// The words in the file of --config. Spaces, tabs and ends of lines separate them. What stands
// between two ' or two " of one line belongs to one word, with no other meaning; a # where a word
// would begin starts a comment. Throws Failure, also where another user could have written the
// file.
std::vector<ConfigWord> words_in_config(const std::string& path);

} // namespace command
