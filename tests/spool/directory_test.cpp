// SPDX-License-Identifier: GPL-2.0-or-later
#include "directory.hpp"

#include "catch.hpp"
#include "error.hpp"
#include "scratch.hpp"

#include <cerrno>
#include <fstream>
#include <string>

using spool::Directory;

namespace {

void write_file(const std::filesystem::path& path, const std::string& content)
{
    std::ofstream(path) << content;
}

template <typename Call>
int code_of(Call call)
{
    try {
        call();
    } catch (const nflog::Error& error) {
        return error.code();
    }
    return 0;
}

} // namespace

TEST_CASE("a spool keeps its identity")
{
    const Scratch scratch;
    const std::string path = scratch.path() / "new";
    const std::string identity = Directory::make(path).identity();
    CHECK(identity.size() == 16);
    CHECK(Directory::make(path).identity() == identity);
    CHECK(Directory::open(path).identity() == identity);
    CHECK(Directory::make(scratch.path() / "other").identity() != identity);
}

TEST_CASE("a directory that is not a spool is refused, and left unchanged")
{
    const Scratch scratch;
    const std::string path = scratch.path();
    CHECK(code_of([&] { Directory::open(path + "/none"); }) == ENOENT);
    CHECK(code_of([&] { Directory::open(path); }) == EINVAL);
    write_file(path + "/letter", "dear");
    CHECK(code_of([&] { Directory::make(path); }) == ENOTEMPTY);
    write_file(path + "/spool", "nflogcap-spool 2\nidentity=0123456789abcdef\n");
    CHECK(code_of([&] { Directory::make(path); }) == EPROTONOSUPPORT);
    for (const char* damaged : {"", "x", "nflogcap-spool 1\n", "nflogcap-spool 1\nidentity=01\n"}) {
        write_file(path + "/spool", damaged);
        CHECK(code_of([&] { Directory::open(path); }) == EINVAL);
    }
    CHECK(std::filesystem::exists(path + "/letter"));
    CHECK(code_of([&] { Directory::open(path + "/letter"); }) == ENOTDIR);
}

TEST_CASE("each role can be held by only one process at a time")
{
    const Scratch scratch;
    for (const auto role : {Directory::Role::writer, Directory::Role::shipper}) {
        const Directory watcher = Directory::make(scratch.path());
        CHECK_FALSE(watcher.is_taken(role));
        {
            Directory first = Directory::open(scratch.path());
            first.take(role);
            CHECK(watcher.is_taken(role));
            Directory second = Directory::open(scratch.path());
            CHECK(code_of([&] { second.take(role); }) == EBUSY);
        }
        CHECK_FALSE(watcher.is_taken(role));
    }
}

TEST_CASE("others can read the shipper's progress")
{
    const Scratch scratch;
    Directory shipper = Directory::make(scratch.path());
    const Directory other = Directory::open(scratch.path());
    CHECK(other.host().empty());
    CHECK(other.acknowledged().empty());
    CHECK(other.trouble().empty());
    shipper.take(Directory::Role::shipper);
    CHECK(other.host().empty());
    shipper.set_host("web-1.example");
    shipper.set_host("web-1");
    CHECK(other.host() == "web-1");
    const spool::Acknowledged acknowledged = {{0, 1}, {65535, 18'446'744'073'709'551'615U}};
    shipper.set_acknowledged(acknowledged);
    CHECK(other.acknowledged() == acknowledged);
    shipper.set_trouble("nobody listens at 10.0.0.1:4222");
    CHECK(other.trouble() == "nobody listens at 10.0.0.1:4222");
    shipper.set_trouble("");
    shipper.set_trouble("");
    CHECK(other.trouble().empty());
}
