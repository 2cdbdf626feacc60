// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

// Reads the tables of docs/errors.md.
namespace table {

struct Row {
    std::string error;                  // name of the error
    std::vector<std::string> functions; // "nflogcap_set_*" means several
    std::string code;                   // "-EINVAL"; "-errno" means any error code of the system
    std::string words;                  // error text with <placeholders>; empty: no text
    bool stand_in; // the kernel of the test does not cause this error by itself
    bool provoked;
};
std::vector<Row> errors();

// Returns whether an error text matches the text of a row. Each placeholder matches any text,
// except that <why> matches only the system's text for the code.
bool match(const Row& row, int code, const std::string& words);

} // namespace table
