// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace command {

// The exit status of the command: see EXIT STATUS in nflogcap(1).
enum ExitStatus { all_well = 0, failed = 1, wrong_usage = 2 };

// Ends the command early. The text is for users. It does not include the program's name.
struct Failure : std::runtime_error {
    explicit Failure(const std::string& words, ExitStatus end = failed)
        : std::runtime_error(words), status(end)
    {
    }

    ExitStatus status;
};

// The beginning of each message on standard error. Each program sets it before it prints a message.
inline const char* program_name = "nflogcap";

// Prints on standard error what failed. The text may quote file names and arguments; it is escaped
// here.
inline void print_failure(std::string_view words)
{
    std::string line = std::string(program_name) + ": ";
    append_escaped(line, words);
    line += '\n';
    std::fputs(line.c_str(), stderr);
}

// Thrown if the output has no reader any more. This is a normal end.
struct ReaderGone {
    std::string words; // says which output is lost; "": the reader did not want the output
};

// Returns a ReaderGone for output that was given up after a stop, although its reader could still
// want it.
inline ReaderGone stalled(const std::string& output)
{
    return {output + " accepted no data since the capture was stopped; the rest was not written"};
}

} // namespace command
