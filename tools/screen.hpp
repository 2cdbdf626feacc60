// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// A line of text, and the escape sequence of its colour; "": no colour.
struct Line {
    std::string text;
    std::string_view colour;
};

// The terminal at standard output, which is redrawn repeatedly. This class changes no settings of
// the terminal, and leaves the cursor below the last line. Therefore the command restores nothing
// when it ends or is suspended.
class Screen {
public:
    // Returns whether standard output is a terminal that can be drawn on.
    static bool is_available();

    // Returns the number of lines that fit on the terminal now.
    [[nodiscard]] static std::size_t rows();

    // Appends the output that shows these lines and nothing else. Lines are cut to the terminal's
    // current size.
    void draw(std::string& output, const std::vector<Line>& lines);

private:
    bool drawn_ = false;
};

// Appends a line without cutting it.
void append_line(std::string& output, const Line& line);

} // namespace command
