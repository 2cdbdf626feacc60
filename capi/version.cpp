// SPDX-License-Identifier: GPL-2.0-or-later
#include "system_words.hpp"

#include <climits>
#include <cstdlib>
#include <nflogcap.h>

#define TEXT_OF(macro) TEXT(macro)
#define TEXT(words) #words

extern "C" {

const char* nflogcap_version(void)
{
    return TEXT_OF(NFLOGCAP_VERSION_MAJOR) "." TEXT_OF(NFLOGCAP_VERSION_MINOR) "." TEXT_OF(
        NFLOGCAP_VERSION_PATCH);
}

uint32_t nflogcap_version_number(void)
{
    return NFLOGCAP_VERSION_NUMBER;
}

const char* nflogcap_strerror(int error)
{
    const int code = error < -INT_MAX ? INT_MAX : std::abs(error); // -INT_MIN does not exist
    const char* words = nflog::system_words(code);
    return words != nullptr ? words : "Unknown error";
}

} // extern "C"
