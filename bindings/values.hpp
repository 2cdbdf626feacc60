// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <string>

// The values that pass between the C ABI and a language. Each language has one typemap for each
// type. No type needs a destructor, because some languages leave a wrapper by longjmp.
namespace binding {

// Bytes of a packet. `data` is NULL if the packet has no such bytes: this is the language's nil.
struct Bytes {
    const void* data;
    std::size_t length;
};

// A text, which may contain any bytes except NUL. NULL is the language's nil.
struct Text {
    const char* data;
};

// An integer, or the language's nil if it is absent.
struct Optional {
    bool present;
    std::uint64_t value;
};

// The valid values of a parameter. Both ends are valid.
struct Range {
    long long least;
    long long most;

    [[nodiscard]] constexpr bool holds(long long value) const
    {
        return least <= value && value <= most;
    }
};

// The result of a function: success or an error. The language's wrapper passes it to the function,
// and if the function failed, raises it as an exception. Users do not see this argument. The text
// is not escaped again: therefore it comes from the library, or quotes nothing from the program.
struct Failure {
    int code = 0; // negative errno; 0: success
    char words[NFLOGCAP_ERROR_SIZE];

    void set(int error, const char* text) noexcept;
    void set_out_of_range(const char* name, long long value, Range range) noexcept;
};

// Returns a copy of the text that ends in a NUL. Fails if the text contains a NUL, or if there is
// no memory.
std::string copied_text(const char* name, Bytes text, Failure& failure) noexcept;

} // namespace binding
