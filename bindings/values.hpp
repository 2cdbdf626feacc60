// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <string>

// The values that pass between the C ABI and a language. Each language has one typemap for each of
// them. None needs a destructor, because some languages leave a wrapper by longjmp.
namespace binding {

// Bytes of the packet. data is NULL if the packet has no such bytes: the language's nil.
struct Bytes {
    const void* data;
    std::size_t length;
};

// A text, which may hold any bytes but NUL; NULL is nil.
struct Text {
    const char* data;
};

// An integer, or nil if it is absent.
struct Optional {
    bool present;
    std::uint64_t value;
};

// The valid values of a parameter, including both ends.
struct Range {
    long long least;
    long long most;

    [[nodiscard]] constexpr bool holds(long long value) const
    {
        return least <= value && value <= most;
    }
};

// The result of a function: success or an error. The language passes it to the function, hidden
// from the user, and raises it afterwards as an exception if the function failed. Its text comes
// from the library or quotes nothing from the program, because it is not escaped again.
struct Failure {
    int code = 0; // negative errno
    char words[NFLOGCAP_ERROR_SIZE];

    void set(int error, const char* text) noexcept;
    void set_out_of_range(const char* name, long long value, Range range) noexcept;
};

// A copy of the text that ends in a NUL. Fails if the text contains a NUL, or if there is no
// memory.
std::string copied_text(const char* name, Bytes text, Failure& failure) noexcept;

} // namespace binding
