// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

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

// Says on standard error what failed. The words may quote any file name or argument.
inline void print_failure(const std::exception& failure)
{
    std::string line = "nflogcap: ";
    append_escaped(line, failure.what());
    line += '\n';
    std::fputs(line.c_str(), stderr);
}

// Who reads what the command writes has closed the pipe: an end like any other.
struct ReaderGone {};

} // namespace command
