// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "terminal.hpp"

#include <cstdlib>
#include <string_view>

namespace command {

enum class Coloring { automatic, always, never };

// The terminal's escape sequences for colours. They are empty strings if the user wants no colours.
// With Coloring::automatic they are also empty if the descriptor is not a terminal, if NO_COLOR
// (https://no-color.org) is set, or if the terminal has no colours (TERM=dumb).
class Colours {
public:
    explicit Colours(int fd, Coloring coloring = Coloring::automatic)
    {
        if (coloring != Coloring::automatic) {
            on_ = coloring == Coloring::always;
            return;
        }
        const char* none = std::getenv("NO_COLOR");
        on_ = understands_escapes(fd) && (none == nullptr || *none == '\0');
    }

    [[nodiscard]] bool on() const { return on_; }
    [[nodiscard]] std::string_view faint() const { return on_ ? "\033[2m" : ""; }
    [[nodiscard]] std::string_view strong() const { return on_ ? "\033[1m" : ""; }
    [[nodiscard]] std::string_view good() const { return on_ ? "\033[32m" : ""; }
    [[nodiscard]] std::string_view warning() const { return on_ ? "\033[33m" : ""; }
    [[nodiscard]] std::string_view bad() const { return on_ ? "\033[1;31m" : ""; }
    [[nodiscard]] std::string_view plain() const { return on_ ? "\033[0m" : ""; }

private:
    bool on_ = false;
};

} // namespace command
