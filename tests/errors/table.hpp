// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

// The tables of docs/errors.md.
namespace table {

struct Row {
    std::string error;                  // its name
    std::vector<std::string> functions; // "nflogcap_set_*" means several
    std::string code;                   // "-EINVAL"; "-errno" for that of the system
    std::string words;                  // with <placeholders>; empty for none
    bool stand_in;                      // what this kernel does not do by itself
    bool provoked;
};
std::vector<Row> errors();

// Whether the words are what a row has, with something in the place of each placeholder: for <why>
// the system's words for the code.
bool match(const Row& row, int code, const std::string& words);

} // namespace table
