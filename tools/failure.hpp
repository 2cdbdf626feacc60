// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace command {

// The exit status of the command: nflogcap(1), EXIT STATUS.
enum ExitStatus { all_well = 0, failed = 1, wrong_usage = 2 };

// Ends the command early. The text is for users, and does not include the program's name.
struct Failure : std::runtime_error {
    explicit Failure(const std::string& words, ExitStatus end = failed)
        : std::runtime_error(words), status(end)
    {
    }

    ExitStatus status;
};

// The beginning of each message on standard error. A program sets it first.
inline const char* program_name = "nflogcap";

// Prints on standard error what failed. The words may quote any file name or argument.
inline void print_failure(std::string_view words)
{
    std::string line = std::string(program_name) + ": ";
    append_escaped(line, words);
    line += '\n';
    std::fputs(line.c_str(), stderr);
}

// Nothing reads the command's output any more: a normal end.
struct ReaderGone {
    std::string words; // about output that is lost by it; "": the reader did not want it
};

// For output that a reader could still want after a stop.
inline ReaderGone stalled(const std::string& output)
{
    return {output + " accepted no data since the capture was stopped; the rest was not written"};
}

} // namespace command
