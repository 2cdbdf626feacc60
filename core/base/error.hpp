// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "characters.hpp"
#include "cut.hpp"
#include "system_words.hpp"

#include <nflogcap.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nflog {

// A failure, with a text for people and an errno for the program. The text fits into
// NFLOGCAP_ERROR_SIZE bytes, and contains no control characters, because they are escaped.
class Error : public std::runtime_error {
public:
    Error(int code, const std::string& words)
        : std::runtime_error(without_middle(escaped(words), NFLOGCAP_ERROR_SIZE - 1)), code_(code)
    {
    }

    [[nodiscard]] int code() const noexcept { return code_; } // positive errno

private:
    int code_;
};

// The Error of a failed system call. Its text is `what`, which names the failed action, and the
// system's reason.
inline Error system_failure(const std::string& what, int code)
{
    const char* why = system_words(code);
    return {code, what + ": " + (why != nullptr ? why : "error " + std::to_string(code))};
}

// Prepares a reason from another library, which may quote any text. The result is escaped, and so
// short that an Error never cuts it when it shortens the middle of its text.
inline std::string foreign_reason(std::string_view words)
{
    constexpr std::size_t max_length = 400;
    return without_middle(escaped(words), max_length);
}

} // namespace nflog
