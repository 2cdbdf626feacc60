// SPDX-License-Identifier: GPL-2.0-or-later
#include <cerrno>
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
    switch (code) {
    case 0:
        return "Success";
    case EPERM:
        return "Not permitted: another socket owns the group, or CAP_NET_ADMIN is missing";
    case ENODATA:
        return "The capture has ended";
    case ECANCELED:
        return "Woken";
    case EINTR:
        return "Interrupted by a signal";
    case EBUSY:
        return "The capture has started";
    case ENOTCONN:
        return "The capture has not been started";
    case EEXIST:
        return "The group was added before";
    case EBADMSG:
        return "The savefile is damaged, or is none";
    case ERANGE:
        return "Value out of range";
    case EOPNOTSUPP:
        return "Not supported by this kernel, or by this build of the library";
    default:
        // The calls of glibc that write into a buffer of their own are no use to threads.
        if (const char* words = strerrordesc_np(code))
            return words;
        return "Unknown error";
    }
}

} // extern "C"
