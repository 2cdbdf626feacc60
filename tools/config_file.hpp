// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace command {

// A word of the command line that comes from a file.
struct ConfigWord {
    std::string text;
    std::size_t line; // counted from 1
};

// The words in the file of --config. Spaces, tabs and line ends separate words. Text between two '
// or two " on one line belongs to one word, and its characters have no special meaning. A # at the
// beginning of a word starts a comment. Throws Failure, also if another user could have written the
// file.
std::vector<ConfigWord> words_in_config(const std::string& path);

} // namespace command
