// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

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

// Nobody reads what the command writes: an end like any other.
struct ReaderGone {
    std::string words; // about output that is lost by it; "": the reader did not want it
};

// After a stop, for output that a reader could still want.
inline ReaderGone stalled(const std::string& output)
{
    return {output + " has had no room since the signal; the rest was not written"};
}

} // namespace command
