// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// A line, and the escape sequence of its colour; "": none.
struct Line {
    std::string text;
    std::string_view colour;
};

// The terminal at standard output, of which all is drawn again and again. No setting of the
// terminal is changed, and the cursor stays below what is shown. So nothing has to be restored,
// however the command ends or is suspended.
class Screen {
public:
    // Whether standard output is a terminal that can be drawn on.
    static bool is_available();

    // Lines that fit on it now.
    [[nodiscard]] static std::size_t rows();

    // Appends what shows these lines, cut to the size that it has now, and nothing else.
    void draw(std::string& output, const std::vector<Line>& lines);

private:
    bool drawn_ = false;
};

// Appends a line whole.
void append_line(std::string& output, const Line& line);

} // namespace command
