// SPDX-License-Identifier: GPL-2.0-or-later
#include "../option_table/option_table.hpp"
#include "mdoc.hpp"
#include "texts.hpp"

#include <algorithm>
#include <cctype>

namespace command {

namespace {

// Returns the sentences about other options, such as "Requires -w, and -C or -G."
std::string sentences_of_rules(const OptionRow& row)
{
    std::string text;
    std::vector<std::string> needed;
    for (const std::string_view names : split(row.needs, ' '))
        needed.push_back(join(split(names, '|'), ", ", " or "));
    if (!needed.empty()) {
        const bool has_choice = row.needs.find('|') != std::string_view::npos;
        text += "\nRequires " + join(needed, ", ", has_choice ? ", and " : " and ") + '.';
    }
    if (!row.excludes.empty())
        text += "\nExcludes " + join(split(row.excludes, ' '), ", ", " and ") + '.';
    return text;
}

// Returns the option's names and argument in mdoc(7), such as "Fl g , Fl Fl group Ar group".
std::string heading(const OptionRow& row)
{
    std::string text;
    for (const std::string_view name : split(row.names, ',')) {
        text += text.empty() ? "Fl " : " , Fl ";
        text += name.starts_with("--") ? "Fl " + std::string(name.substr(2))
                                       : std::string(name.substr(1));
    }
    if (!row.argument.empty())
        text += " Ar ";
    for (const char c : row.argument) {
        if (c == '|')
            text += " | ";
        else
            text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return text;
}

} // namespace

std::string manual_options(std::string_view section, std::string_view command)
{
    std::string text;
    for (const OptionRow& row : option_table()) {
        if (row.section != section || (!command.empty() && !belongs_to(row, command)))
            continue;
        std::string words(row.manual.substr(row.manual.find_first_not_of('\n')));
        words.insert(std::min(words.find("\n\n"), words.size()), sentences_of_rules(row));
        text += ".It " + heading(row) + '\n' + to_mdoc(words);
    }
    return text;
}

std::string manual_options_shared_by_top()
{
    std::vector<std::string_view> names;
    for (const OptionRow& row : shown_options("top")) {
        if (row.section != "top")
            names.push_back(first_name(row));
    }
    return to_mdoc(join(names, ", ", ", "));
}

} // namespace command
