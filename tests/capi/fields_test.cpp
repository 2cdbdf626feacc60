// SPDX-License-Identifier: GPL-2.0-or-later
#include "catch.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <string>

TEST_CASE("the fields can be counted, and the index after the last has no field")
{
    std::size_t count = 0;
    while (nflogcap_field_at(count) != nullptr)
        ++count;
    CHECK(count > 40);
    CHECK(nflogcap_field_at(count + 1) == nullptr);
    CHECK(nflogcap_field_at(SIZE_MAX) == nullptr);
}

TEST_CASE("a field is found at its index")
{
    for (std::size_t i = 0; nflogcap_field_at(i) != nullptr; ++i)
        CHECK(nflogcap_find_field(nflogcap_field_at(i)->name, nullptr, 0) == static_cast<int>(i));
}

TEST_CASE("an unknown field is -ENOENT, and the error names the nearest one")
{
    std::array<char, 128> error{};
    CHECK(nflogcap_find_field("payloda", error.data(), error.size()) == -ENOENT);
    CHECK(std::string(error.data()) == "there is no field 'payloda'; did you mean 'payload'?");

    std::array<char, 9> small{};
    CHECK(nflogcap_find_field("payloda", small.data(), small.size()) == -ENOENT);
    CHECK(std::string(small.data()) == "there is");
    CHECK(nflogcap_find_field("payloda", nullptr, 0) == -ENOENT);
    CHECK(nflogcap_find_field(nullptr, error.data(), error.size()) == -EINVAL);
    CHECK(std::string(error.data()) == "the argument 'name' is NULL");
    CHECK(nflogcap_find_field("payload", nullptr, 1) == -EINVAL);
}
