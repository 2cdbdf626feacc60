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

// What failed, in words for people, with the errno that a program acts on. The words fit into
// NFLOGCAP_ERROR_SIZE and are escaped, whatever they quote.
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

// For a system call: what failed, and the system's words for why.
inline Error system_failure(const std::string& what, int code)
{
    const char* why = system_words(code);
    return {code, what + ": " + (why != nullptr ? why : "error " + std::to_string(code))};
}

// The reason that another library gives, which may quote anything. It is short enough to stay whole
// at the end of an error that loses its middle.
inline std::string foreign_reason(std::string_view words)
{
    constexpr std::size_t max_length = 400;
    return without_middle(escaped(words), max_length);
}

} // namespace nflog
