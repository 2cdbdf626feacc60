// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace command {

// How the command ends: nflogcap(1), EXIT STATUS.
enum ExitStatus { all_well = 0, failed = 1, wrong_usage = 2 };

// What ends the command early: words for people, without the program's name.
struct Failure : std::runtime_error {
    explicit Failure(const std::string& words, ExitStatus end = failed)
        : std::runtime_error(words), status(end)
    {
    }

    ExitStatus status;
};

// Begins what is said on standard error. A program sets it before all else.
inline const char* program_name = "nflogcap";

// Says on standard error what failed. The words may quote any file name or argument.
inline void print_failure(std::string_view words)
{
    std::string line = std::string(program_name) + ": ";
    append_escaped(line, words);
    line += '\n';
    std::fputs(line.c_str(), stderr);
}

// Nobody reads what the command writes: an end like any other.
struct ReaderGone {
    std::string words; // about output that is lost by it; "": the reader did not want it
};

// After a stop, for output that a reader could still want.
inline ReaderGone stalled(const std::string& output)
{
    return {output + " has had no room since the capture was stopped; the rest was not written"};
}

} // namespace command
