// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Translates the manual's texts in the table of options to mdoc(7). Their markup:
//
//    `text`       typed or printed text           -w, --netns  an option
//     *word*       a word that is a choice         tcpdump(8)   a manual page
//     _argument_   the name of an argument         nflogcap     the command
//     [SECTION]    a section of the page           'text'       text in quotation marks
//
// Only punctuation may follow marked text without a space. An empty line ends a paragraph. A
// paragraph that begins with "term:: " is an item of a list.
//
// Throws std::runtime_error if the markup is invalid.
std::string to_mdoc(std::string_view text);

} // namespace command
