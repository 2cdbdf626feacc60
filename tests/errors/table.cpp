// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.hpp"

#include "project_file.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace table {

namespace {

// Returns the cells of each row of the tables.
std::vector<std::vector<std::string>> rows()
{
    const std::string page = project_file("docs/errors.md");
    std::ifstream file(page);
    if (!file)
        throw std::runtime_error("cannot read " + page);
    std::vector<std::vector<std::string>> found;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| `"))
            continue;
        std::vector<std::string> cells;
        const std::string separator = " | ";
        std::size_t at = 2;
        for (std::size_t end = 0; (end = line.find(separator, at)) != std::string::npos;
             at = end + separator.size())
            cells.push_back(line.substr(at, end - at));
        cells.push_back(line.substr(at, line.size() - at - 2));
        found.push_back(cells);
    }
    if (found.empty())
        throw std::runtime_error("no rows in " + page);
    return found;
}

std::vector<std::string> quoted(const std::string& cell)
{
    static const std::regex code_span("`([^`]*)`");
    std::vector<std::string> found;
    for (std::sregex_iterator it(cell.begin(), cell.end(), code_span), end; it != end; ++it)
        found.push_back((*it)[1]);
    return found;
}

std::string first_quoted(const std::string& cell)
{
    const auto all = quoted(cell);
    return all.empty() ? "" : all.front();
}

// Returns a regular expression that matches only this text.
std::string literally(const std::string& text)
{
    static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
    return std::regex_replace(text, special, R"(\$&)");
}

} // namespace

std::vector<Row> errors()
{
    std::vector<Row> found;
    for (const auto& cells : rows())
        found.push_back({first_quoted(cells[0]), quoted(cells[1]), first_quoted(cells[2]),
                         first_quoted(cells[3]), cells[0].ends_with("‡"),
                         !cells[0].ends_with("†")});
    return found;
}

bool match(const Row& row, int code, const std::string& words)
{
    const char* why = strerrordesc_np(std::abs(code));
    static const std::regex placeholder("<[a-z]+>");
    std::string pattern = literally(row.words);
    if (const auto at = pattern.find("<why>"); at != std::string::npos && why != nullptr)
        pattern.replace(at, std::strlen("<why>"), literally(why));
    // A reason can be any text, because another library provides it.
    static const std::regex reason("<reason>");
    pattern = std::regex_replace(pattern, reason, ".+");
    pattern = std::regex_replace(pattern, placeholder, "[^;:]+");
    return std::regex_match(words, std::regex(pattern));
}

} // namespace table
