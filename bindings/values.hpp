// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <string>

// The values that pass between the C ABI and a language, each of which a language converts by one
// typemap of its own. None needs a destructor, since some languages leave a wrapper by longjmp.
namespace binding {

// Bytes of the packet; data is NULL where the packet has none such, which is the language's nil.
struct Bytes {
    const void* data;
    std::size_t length;
};

// A text, which may hold any bytes but NUL; NULL is nil.
struct Text {
    const char* data;
};

// An integer that may be absent, which is nil.
struct Optional {
    bool present;
    std::uint64_t value;
};

// Which integers a parameter may be, its ends included.
struct Range {
    long long least;
    long long most;

    [[nodiscard]] constexpr bool holds(long long value) const
    {
        return least <= value && value <= most;
    }
};

// What a function came to. It is passed to it unseen by the user, and raised after it as the
// language's own exception if it failed. Its words are the library's, or quote no text of the
// program's: nothing else escapes them.
struct Failure {
    int code = 0; // negative errno
    char words[NFLOGCAP_ERROR_SIZE];

    void set(int error, const char* text) noexcept;
    void set_out_of_range(const char* name, long long value, Range range) noexcept;
};

// A copy of the text that ends in a NUL. A NUL within it, or no memory, is the failure.
std::string copied_text(const char* name, Bytes text, Failure& failure) noexcept;

} // namespace binding
