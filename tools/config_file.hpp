// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace command {

// A word of the command line that comes from a file.
struct ConfigWord {
    std::string text;
    std::size_t line; // the line's number in the file, counted from 1
};

// Returns the words in the file of --config. Spaces, tabs and line ends separate words. Text
// between two ' or two " on one line is part of one word, and its characters have no special
// meaning. A # at the beginning of a word starts a comment. Throws Failure if the file cannot be
// read, or if another user could have written it.
std::vector<ConfigWord> words_in_config(const std::string& path);

} // namespace command
