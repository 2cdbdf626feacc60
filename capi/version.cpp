// SPDX-License-Identifier: GPL-2.0-or-later
#include <climits>
#include <cstdlib>
#include <cstring>
#include <nflogcap.h>

extern "C" {

const char* nflogcap_version(void)
{
    return NFLOGCAP_VERSION;
}

uint32_t nflogcap_version_number(void)
{
    return NFLOGCAP_VERSION_NUMBER;
}

const char* nflogcap_strerror(int error)
{
    const int code = error < -INT_MAX ? INT_MAX : std::abs(error); // -INT_MIN is none
    // The calls of glibc that write into a buffer of their own are no use to threads.
    const char* words = strerrordesc_np(code);
    return words != nullptr ? words : "Unknown error";
}

} // extern "C"
