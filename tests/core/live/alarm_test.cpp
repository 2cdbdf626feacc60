// SPDX-License-Identifier: GPL-2.0-or-later
#include "alarm.hpp"

#include "catch.hpp"
#include "descriptors.hpp"

#include <chrono>
#include <fcntl.h>

using nflog::Alarm;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using synthetic::is_readable;

TEST_CASE("an alarm becomes readable at its time and stays readable")
{
    const auto at = steady_clock::now() + milliseconds(1020);
    const Alarm alarm(at);
    CHECK_FALSE(is_readable(alarm.fd()));
    CHECK(is_readable(alarm.fd(), 60'000));
    CHECK(steady_clock::now() >= at);
    CHECK(is_readable(alarm.fd()));
}

TEST_CASE("an alarm with a time in the past is readable at once")
{
    for (const milliseconds ago : {milliseconds(0), milliseconds(1500)})
        CHECK(is_readable(Alarm(steady_clock::now() - ago).fd(), 1000));
}

TEST_CASE("other programs do not inherit an alarm")
{
    const Alarm alarm(steady_clock::now());
    CHECK((fcntl(alarm.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}
