// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// A line, and the escape sequence of its colour ("": none).
struct Line {
    std::string text;
    std::string_view colour;
};

// The terminal at standard output, which is redrawn repeatedly. It changes no setting of the
// terminal, and keeps the cursor below the last line. Therefore nothing has to be restored when the
// command ends or is suspended.
class Screen {
public:
    // Whether standard output is a terminal that can be drawn on.
    static bool is_available();

    // The number of lines that fit on it now.
    [[nodiscard]] static std::size_t rows();

    // Appends the text that shows only these lines, cut to the current size.
    void draw(std::string& output, const std::vector<Line>& lines);

private:
    bool drawn_ = false;
};

// Appends a line without cutting it.
void append_line(std::string& output, const Line& line);

} // namespace command
