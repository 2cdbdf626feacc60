// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstring>
#include <locale.h> // NOLINT(modernize-deprecated-headers): <clocale> has no newlocale()
#include <string_view>

namespace nflog {

// The system's English text for an errno, a static string. nullptr if the system has no text.
inline const char* system_words(int code)
{
    static const locale_t english = newlocale(LC_ALL_MASK, "C", nullptr); // cannot fail for "C"
    const char* words = strerror_l(code, english);
    // For an unknown code glibc returns a buffer that its next call overwrites.
    const bool is_known = words != nullptr && !std::string_view(words).starts_with("Unknown error");
    return is_known ? words : nullptr;
}

} // namespace nflog
