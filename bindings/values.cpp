// SPDX-License-Identifier: GPL-2.0-or-later
#include "values.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <new>
#include <nflogcap.h>

namespace binding {

namespace {

constexpr std::size_t max_words = 256; // of a number, its range, and the name of a parameter

} // namespace

void Failure::set(int error, const char* text) noexcept
{
    // Here, because no frame of a failure may need a destructor.
    static thread_local std::string kept;
    code = error;
    try {
        words = (kept = text).c_str();
    } catch (const std::bad_alloc&) {
        words = nflogcap_strerror(error);
    }
}

void Failure::set_out_of_range(const char* name, long long value, Range range) noexcept
{
    using Limits = std::numeric_limits<long long>;
    std::array<char, max_words> text;
    if (value == Limits::min() || value == Limits::max()) // and so maybe one that is wider yet
        static_cast<void>(std::snprintf(text.data(), text.size(),
                                        "%s is out of range: %lld to %lld", name, range.least,
                                        range.most));
    else
        static_cast<void>(std::snprintf(text.data(), text.size(),
                                        "%s %lld is out of range: %lld to %lld", name, value,
                                        range.least, range.most));
    set(-ERANGE, text.data());
}

std::string copied_text(const char* name, Bytes text, Failure& failure) noexcept
try {
    if (text.data == nullptr)
        return {};
    std::string copy(static_cast<const char*>(text.data), text.length);
    if (copy.find('\0') != std::string::npos) {
        failure.set(-EINVAL, (std::string("the ") + name + " contains a NUL").c_str());
    }
    return copy;
} catch (const std::bad_alloc&) {
    failure.set(-ENOMEM, nflogcap_strerror(ENOMEM));
    return {};
}

} // namespace binding
