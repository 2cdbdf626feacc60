// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace command {

// Returns whether the descriptor is a terminal that supports escape sequences.
inline bool understands_escapes(int fd)
{
    const char* terminal = std::getenv("TERM");
    return isatty(fd) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

struct TerminalSize {
    static constexpr std::size_t usual_rows = 24;
    static constexpr std::size_t usual_columns = 80;

    std::size_t rows = usual_rows;
    std::size_t columns = usual_columns;
};

// Returns the current size of a terminal, or the usual size if the terminal does not report it.
inline TerminalSize size_of_terminal(int fd)
{
    TerminalSize size;
    winsize known{};
    if (ioctl(fd, TIOCGWINSZ, &known) == 0) {
        if (known.ws_row > 0)
            size.rows = known.ws_row;
        if (known.ws_col > 0)
            size.columns = known.ws_col;
    }
    return size;
}

} // namespace command
