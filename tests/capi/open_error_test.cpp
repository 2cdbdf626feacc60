// SPDX-License-Identifier: GPL-2.0-or-later
// The error texts of nflogcap_open() and nflogcap_dump_open(), which return no handle on failure.
#include "capture.hpp"
#include "catch.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace {

using Error = std::array<char, NFLOGCAP_ERROR_SIZE>;

// The error text of nflogcap_dump_open() in a buffer of this capacity. The bytes after the buffer
// must not change.
std::string words_with(const char* path, std::size_t capacity)
{
    constexpr char untouched = '#';
    std::vector<char> buffer(capacity + 1, untouched);
    nflogcap_dump* dump = nullptr;
    CHECK(nflogcap_dump_open(&dump, path, nullptr, 0, buffer.data(), capacity) == -ENOENT);
    CHECK(buffer.back() == untouched);
    if (capacity == 0)
        return {};
    REQUIRE(std::memchr(buffer.data(), '\0', capacity) != nullptr);
    return buffer.data();
}

} // namespace

TEST_CASE("an open that fails reports why")
{
    nflogcap* handle = nullptr;
    Error error{};
    const std::array<std::uint16_t, 2> twice = {5, 5};
    CHECK(nflogcap_open(&handle, twice.data(), twice.size(), error.data(), error.size()) ==
          -EEXIST);
    CHECK(error.data() == std::string("cannot add group 5: it was added before"));
    CHECK(nflogcap_open(&handle, nullptr, 0, error.data(), error.size()) == -EINVAL);
    CHECK(error.data() ==
          std::string("cannot start: there is no group to capture; add a group or a tap"));
    CHECK(nflogcap_open(&handle, nullptr, 1, error.data(), error.size()) == -EINVAL);
    CHECK(error.data() == std::string("the argument 'groups' is NULL"));
    CHECK(nflogcap_open(nullptr, twice.data(), 1, error.data(), error.size()) == -EINVAL);
    CHECK(error.data() == std::string("the argument 'ret' is NULL"));
    CHECK(handle == nullptr);
}

TEST_CASE("a savefile that cannot be opened is named, with the reason")
{
    nflogcap_dump* dump = nullptr;
    Error error{};
    CHECK(nflogcap_dump_open(&dump, "/no/such/directory/x", nullptr, 0, error.data(),
                             error.size()) == -ENOENT);
    CHECK(error.data() == std::string("cannot create the savefile /no/such/directory/x: No such "
                                      "file or directory"));
    CHECK(nflogcap_dump_open(&dump, "/dev/full", nullptr, 0, error.data(), error.size()) ==
          -ENOSPC);
    CHECK(error.data() ==
          std::string("cannot write to the savefile /dev/full: No space left on device"));
    CHECK(nflogcap_dump_open(&dump, nullptr, nullptr, 0, error.data(), error.size()) == -EINVAL);
    CHECK(error.data() == std::string("the argument 'path' is NULL"));
    CHECK(dump == nullptr);
}

TEST_CASE("NULL with a capacity of 0 requests no error text")
{
    nflogcap* handle = nullptr;
    CHECK(nflogcap_open(&handle, nullptr, 0, nullptr, 0) == -EINVAL);
    nflogcap_dump* dump = nullptr;
    CHECK(nflogcap_dump_open(&dump, "/no/such/directory/x", nullptr, 0, nullptr, 0) == -ENOENT);
}

TEST_CASE("NULL with a capacity is -EINVAL, and nothing is opened")
{
    nflogcap* handle = nullptr;
    const std::uint16_t group = 5;
    CHECK(nflogcap_open(&handle, &group, 1, nullptr, 1) == -EINVAL);
    CHECK(handle == nullptr);
    nflogcap_dump* dump = nullptr;
    CHECK(nflogcap_dump_open(&dump, "/dev/null", nullptr, 0, nullptr, 1) == -EINVAL);
    CHECK(dump == nullptr);
}

TEST_CASE("a success does not change the error text")
{
    Error error{"as before"};
    nflogcap_dump* dump = nullptr;
    REQUIRE(nflogcap_dump_open(&dump, "/dev/null", nullptr, 0, error.data(), error.size()) == 0);
    CHECK(error.data() == std::string("as before"));
    nflogcap_dump_close(dump);
}

TEST_CASE("the error text is cut at the capacity, between characters of UTF-8")
{
    const std::string path = "/no/such/a\u00e4\u20ac\U0001f600";
    const std::string whole = words_with(path.c_str(), NFLOGCAP_ERROR_SIZE);
    REQUIRE(whole == "cannot create the savefile " + path + ": No such file or directory");
    const std::size_t two = whole.find("\u00e4");
    const std::size_t three = two + 2;
    const std::size_t four = three + 3;
    const std::size_t end = four + 4;
    for (std::size_t capacity = 0; capacity <= whole.size() + 1; ++capacity) {
        CAPTURE(capacity);
        std::size_t length = capacity == 0 ? 0 : capacity - 1;
        for (const auto& [from, to] : {std::pair{two, three}, {three, four}, {four, end}}) {
            if (length > from && length < to)
                length = from;
        }
        CHECK(words_with(path.c_str(), capacity) == whole.substr(0, length));
    }
}

TEST_CASE("an error text with bytes that are not UTF-8 is cut too")
{
    const std::string path = "/no/such/" + std::string(100, '\x80');
    const std::string words = words_with(path.c_str(), 80);
    CHECK(words.size() >= 80 - 1 - 3);
    CHECK(words_with(path.c_str(), NFLOGCAP_ERROR_SIZE).starts_with(words));
}

TEST_CASE("a long path is shortened, but the reason is not")
{
    std::string path = "/no/such";
    while (path.size() < 3000)
        path += "/directory";
    const std::string words = words_with(path.c_str(), NFLOGCAP_ERROR_SIZE);
    CHECK(words.starts_with("cannot create the savefile /no/such/directory"));
    CHECK(words.ends_with("/directory: No such file or directory"));
}
