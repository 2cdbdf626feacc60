// SPDX-License-Identifier: GPL-2.0-or-later
#include "epoll.hpp"
#include "error.hpp"

#include "catch.hpp"
#include "descriptors.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

using nflog::Epoll;
using nflog::FileDescriptor;
using synthetic::is_readable;
using synthetic::Pipe;

TEST_CASE("the epoll descriptor is readable while a watched descriptor is readable")
{
    Epoll epoll;
    const Pipe pipe;
    epoll.watch(pipe.reader.get());
    CHECK_FALSE(is_readable(epoll.fd()));
    REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
    CHECK(is_readable(epoll.fd()));
}

TEST_CASE(
    "an unwatched descriptor does not make epoll readable, even while its file is open elsewhere")
{
    Epoll epoll;
    Pipe pipe;
    const FileDescriptor other(dup(pipe.reader.get()));
    epoll.watch(pipe.reader.get());
    REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
    epoll.unwatch(pipe.reader.get());
    pipe.reader = FileDescriptor();
    CHECK_FALSE(is_readable(epoll.fd()));
}

TEST_CASE("a descriptor that cannot be watched causes an error with a text")
{
    Epoll epoll;
    try {
        epoll.watch(-1);
        FAIL("it was watched");
    } catch (const nflog::Error& failure) {
        CHECK(failure.code() == EBADF);
        CHECK(std::string(failure.what()).find("epoll") != std::string::npos);
    }
}

TEST_CASE("other programs do not inherit the epoll descriptor")
{
    const Epoll epoll;
    CHECK((fcntl(epoll.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}
