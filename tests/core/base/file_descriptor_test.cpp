// SPDX-License-Identifier: GPL-2.0-or-later
#include "file_descriptor.hpp"

#include "catch.hpp"

#include <fcntl.h>
#include <utility>

using nflog::FileDescriptor;

namespace {

bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

int open_one()
{
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    return fd;
}

} // namespace

TEST_CASE("a descriptor is closed when its owner ends")
{
    const int fd = open_one();
    {
        const FileDescriptor owner(fd);
        CHECK(owner.get() == fd);
        CHECK(is_open(fd));
    }
    CHECK_FALSE(is_open(fd));
}

TEST_CASE("a moved descriptor has one owner")
{
    const int fd = open_one();
    {
        FileDescriptor first(fd);
        FileDescriptor second(std::move(first));
        CHECK(second.get() == fd);
        FileDescriptor third;
        CHECK(third.get() == -1);
        third = std::move(second);
        CHECK(third.get() == fd);
        CHECK(is_open(fd));
    }
    CHECK_FALSE(is_open(fd));
}

TEST_CASE("a replaced descriptor is closed")
{
    const int before = open_one();
    FileDescriptor owner(before);
    owner = FileDescriptor();
    CHECK(owner.get() == -1);
    CHECK_FALSE(is_open(before));
}
