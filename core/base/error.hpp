// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "cut.hpp"
#include "system_words.hpp"

#include <nflogcap.h>
#include <stdexcept>
#include <string>

namespace nflog {

// What failed, in words for people, with the errno that a program acts on. The words fit into
// NFLOGCAP_ERROR_SIZE.
class Error : public std::runtime_error {
public:
    Error(int code, const std::string& words)
        : std::runtime_error(without_middle(words, NFLOGCAP_ERROR_SIZE - 1)), code_(code)
    {
    }

    [[nodiscard]] int code() const noexcept { return code_; } // positive errno

private:
    int code_;
};

// For a system call: what failed, and the system's words for why.
inline Error system_failure(const std::string& what, int code)
{
    const char* why = system_words(code);
    return {code, what + ": " + (why != nullptr ? why : "error " + std::to_string(code))};
}

} // namespace nflog
