// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"
#include "catch.hpp"

#include <initializer_list>
#include <string>

// Checks that the text contains each of these parts.
inline void check_words(const std::string& words, std::initializer_list<std::string> parts)
{
    for (const std::string& part : parts) {
        CAPTURE(words, part);
        CHECK(words.find(part) != std::string::npos);
    }
}

// The same for the last failure on a handle.
inline void check_error(const support::Handle& capture, std::initializer_list<std::string> parts)
{
    check_words(nflogcap_error(capture.get()), parts);
}
