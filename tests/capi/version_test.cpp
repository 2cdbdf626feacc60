// SPDX-License-Identifier: GPL-2.0-or-later
#include "catch.hpp"

#include <cerrno>
#include <climits>
#include <cstring>
#include <nflogcap.h>
#include <string>

TEST_CASE("the version is the project's")
{
    CHECK(std::string(nflogcap_version()) == PROJECT_VERSION);
}

TEST_CASE("the version's number holds major, minor and patch in a byte each")
{
    const std::uint32_t number = nflogcap_version_number();
    const auto part = [&](unsigned shift) { return std::to_string(number >> shift & 0xff); };
    CHECK(part(16) + "." + part(8) + "." + part(0) == nflogcap_version());
    CHECK(number >> 24 == 0);
}

TEST_CASE("a code has the same text with either sign")
{
    for (const int code : {EPERM, EBUSY, ENODATA, ECANCELED, EINTR, ENOTCONN, EEXIST, ERANGE,
                           EOPNOTSUPP, EINVAL, ENOMEM, EMFILE, 99'999}) {
        CAPTURE(code);
        CHECK(nflogcap_strerror(code) == std::string(nflogcap_strerror(-code)));
    }
}

TEST_CASE("a code has the system's text")
{
    CHECK(nflogcap_strerror(0) == std::string("Success"));
    for (const int code : {EPERM, ENODATA, ECANCELED, EINTR, ENOTCONN, EEXIST, ERANGE, EBUSY,
                           EOPNOTSUPP, EBADMSG, EINVAL, ENOMEM, EMFILE, EIO})
        CHECK(nflogcap_strerror(-code) == std::string(std::strerror(code)));
}

TEST_CASE("an unknown code has a text too")
{
    for (const int code : {99'999, -99'999, INT_MAX, INT_MIN, -INT_MAX})
        CHECK(std::string(nflogcap_strerror(code)) == "Unknown error");
}
