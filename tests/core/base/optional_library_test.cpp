// SPDX-License-Identifier: GPL-2.0-or-later
#include "optional_library.hpp"

#include "catch.hpp"
#include "error.hpp"

#include <cerrno>
#include <string>
#include <unistd.h>

namespace {

template <typename Call>
std::string refusal(Call call)
{
    try {
        call();
    } catch (const nflog::Error& error) {
        REQUIRE(error.code() == EOPNOTSUPP);
        return error.what();
    }
    FAIL("it does not fail");
    return {};
}

} // namespace

TEST_CASE("a function is found in the library")
{
    const nflog::OptionalLibrary library({"the C library", "libc.so.6", "libc6"}, "cannot count");
    pid_t (*function)() = nullptr;
    library.find("getpid", function);
    REQUIRE(function() == getpid());
}

TEST_CASE("if the library is missing, the error names it, the reason and the package")
{
    const std::string words = refusal([] {
        const nflog::OptionalLibrary library({"libnone", "libnone.so.7", "libnone7"},
                                             "cannot count", ", or use your fingers");
    });
    REQUIRE(words.starts_with("cannot count: libnone cannot be loaded: libnone.so.7: "));
    REQUIRE(words.ends_with("; install it (Debian: libnone7), or use your fingers"));
}

TEST_CASE("if the library lacks the function, the error names the function")
{
    const nflog::OptionalLibrary library({"the C library", "libc.so.6", "libc6"}, "cannot count");
    void (*function)() = nullptr;
    const std::string words = refusal([&] { library.find("count_fingers", function); });
    REQUIRE(words.find("count_fingers") != std::string::npos);
    REQUIRE(words.ends_with("; install it (Debian: libc6)"));
}
