// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Translates the manual's texts in the table of options to mdoc(7). Their markup:
//
//     `text`       typed or printed like that      -w, --netns  an option
//     *word*       a word that is a choice         tcpdump(8)   a page of the manual
//     _argument_   the name of an argument         nflogcap     the command
//     [SECTION]    a section of the page           'text'       in quotation marks
//
// Only punctuation may follow it without a space. A paragraph ends at an empty line. One that
// begins with "term:: " is an item of a list.
//
// Throws std::runtime_error if the markup is wrong.
std::string to_mdoc(std::string_view text);

} // namespace command
