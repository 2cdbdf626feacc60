// SPDX-License-Identifier: GPL-2.0-or-later
#include "mdoc.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>
#include <vector>

namespace command {

namespace {

// Two marks at the beginning of a word, and the macro for the text between them.
struct Marks {
    char begin;
    char end;
    const char* macro;
};
constexpr std::array<Marks, 5> marks = {
    {{'`', '`', "Li"}, {'*', '*', "Cm"}, {'_', '_', "Ar"}, {'[', ']', "Sx"}, {'\'', '\'', "Sq"}}};

constexpr std::string_view punctuation = ".,:;)?!";

std::string escaped(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        if (c == '\\')
            escaped += "\\e";
        else if (c == '"')
            escaped += "\\(dq";
        else
            escaped += c;
    }
    return escaped;
}

// Collects lines of text, and lines with macros between them.
class Lines {
public:
    void add_word(std::string_view word)
    {
        // At the beginning of a line, either of these characters would start a macro.
        if (is_at_beginning_ && (word.front() == '.' || word.front() == '\''))
            text_ += "\\&";
        else if (!is_at_beginning_)
            text_ += ' ';
        text_ += escaped(word);
        is_at_beginning_ = false;
    }

    void add_macro(std::string_view macro, std::string_view argument, std::string_view behind)
    {
        end_line();
        text_.append(".").append(macro);
        if (!argument.empty())
            text_.append(" ").append(escaped(argument));
        for (const char c : behind)
            text_.append(" ").append(1, c);
        text_ += '\n';
    }

    void end_line()
    {
        if (!is_at_beginning_)
            text_ += '\n';
        is_at_beginning_ = true;
    }

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    bool is_at_beginning_ = true;
};

[[noreturn]] void refuse_markup(std::string_view where, const char* why)
{
    throw std::runtime_error("the markup of '" + std::string(where) + "' is wrong: " + why);
}

// Adds the marked text, and the text between its closing mark and the next space. Returns the rest
// of the line.
std::string_view add_marked(Lines& lines, std::string_view line, const Marks& with)
{
    const std::size_t end = line.find(with.end, 1);
    if (end == std::string_view::npos)
        refuse_markup(line, "it does not end on its line");
    const std::size_t space = std::min(line.find(' ', end), line.size());
    const std::string_view behind = line.substr(end + 1, space - end - 1);
    if (behind.find_first_not_of(punctuation) != std::string_view::npos)
        refuse_markup(line, "a word follows without a space");
    lines.add_macro(with.macro, line.substr(1, end - 1), behind);
    return line.substr(space);
}

// Adds a word without marks. It can still be an option, a manual page or the name of the command.
void add_plain(Lines& lines, const std::string& word)
{
    static const std::regex option("(-?)-([A-Za-z][A-Za-z-]*)([.,:;)?!]*)");
    static const std::regex page(R"(([a-z][\w.-]*)\((\d)\)([.,:;)?!]*))");
    static const std::regex command("(nflogcap)([.,:;)?!]*)");
    std::smatch parts;
    if (std::regex_match(word, parts, option))
        lines.add_macro(parts[1].length() > 0 ? "Fl Fl" : "Fl", parts[2].str(), parts[3].str());
    else if (std::regex_match(word, parts, page))
        lines.add_macro("Xr", parts[1].str() + ' ' + parts[2].str(), parts[3].str());
    else if (std::regex_match(word, parts, command))
        lines.add_macro("Nm", "", parts[2].str());
    else if (word.find('`') != std::string::npos)
        refuse_markup(word, "a mark is inside a word");
    else
        lines.add_word(word);
}

void add_line(Lines& lines, std::string_view line)
{
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.empty())
            break;
        const auto* const with = std::ranges::find(marks, line.front(), &Marks::begin);
        if (with != marks.end()) {
            line = add_marked(lines, line, *with);
        } else {
            const std::size_t space = std::min(line.find(' '), line.size());
            add_plain(lines, std::string(line.substr(0, space)));
            line.remove_prefix(space);
        }
    }
    lines.end_line();
}

struct Paragraph {
    std::string_view term; // term of a list's item; "": the paragraph is not an item
    std::string_view text;
};

std::vector<Paragraph> paragraphs_of(std::string_view text)
{
    constexpr std::string_view item = ":: ";
    constexpr std::string_view separator = "\n\n";
    std::vector<Paragraph> paragraphs;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        Paragraph paragraph{{}, text.substr(0, end)};
        const std::size_t colons = paragraph.text.find(item);
        if (paragraph.text.find(' ') > colons && colons != std::string_view::npos) {
            paragraph.term = paragraph.text.substr(0, colons);
            paragraph.text.remove_prefix(colons + item.size());
        }
        paragraphs.push_back(paragraph);
        text.remove_prefix(std::min(end + separator.size(), text.size()));
    }
    return paragraphs;
}

} // namespace

std::string to_mdoc(std::string_view text)
{
    const std::vector<Paragraph> paragraphs = paragraphs_of(text);
    const auto longest = std::ranges::max_element(
        paragraphs, {}, [](const Paragraph& paragraph) { return paragraph.term.size(); });
    Lines lines;
    bool is_first = true;
    bool is_list = false;
    for (const Paragraph& paragraph : paragraphs) {
        const bool is_item = !paragraph.term.empty();
        if (is_list && !is_item)
            lines.add_macro("El", "", "");
        if (!is_list && is_item)
            lines.add_macro("Bl", "-tag -width " + std::string(longest->term), "");
        if (is_item)
            lines.add_macro("It", "Cm " + std::string(paragraph.term), "");
        else if (!is_first)
            lines.add_macro("Pp", "", "");
        std::string_view rest = paragraph.text;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            add_line(lines, rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        is_list = is_item;
        is_first = false;
    }
    if (is_list)
        lines.add_macro("El", "", "");
    return lines.text();
}

} // namespace command
