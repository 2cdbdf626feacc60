// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen.hpp"

#include "cut.hpp"

#include <algorithm>

namespace command {

namespace {

constexpr std::string_view home = "\033[H";
constexpr std::string_view clear_line = "\033[K";
constexpr std::string_view clear_below = "\033[J";

std::string in_colour(std::string_view text, std::string_view colour)
{
    constexpr std::string_view plain = "\033[0m";
    return colour.empty() ? std::string(text) : std::string(colour).append(text).append(plain);
}

} // namespace

bool Screen::is_available()
{
    return understands_escapes(STDOUT_FILENO);
}

std::size_t Screen::rows()
{
    return size_of_terminal(STDOUT_FILENO).rows - 1; // the last row remains for the cursor
}

void Screen::draw(std::string& output, const std::vector<Line>& lines)
{
    const TerminalSize size = size_of_terminal(STDOUT_FILENO);
    // Scrolls the previous content of the terminal up, so that users can still scroll back to it.
    if (!drawn_)
        output.append(size.rows, '\n');
    drawn_ = true;
    output += home;
    for (std::size_t i = 0; i < std::min(lines.size(), size.rows - 1); ++i) {
        const std::string& text = lines[i].text;
        // A character needs at most as many columns as it has bytes.
        const std::size_t length = nflog::cut_length(text, std::min(text.size(), size.columns - 1));
        output += in_colour(std::string_view(text).substr(0, length), lines[i].colour);
        output.append(clear_line) += '\n';
    }
    output += clear_below;
}

void append_line(std::string& output, const Line& line)
{
    output += in_colour(line.text, line.colour) + '\n';
}

} // namespace command
