// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.hpp"

#include "catch.hpp"
#include "error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

using nflog::conntrack_fields;
using nflog::fields;
using nflog::find_field;
using nflog::tuple_fields;

namespace {

// For each byte of a struct of this size, the number of descriptions that cover it.
std::vector<int> described_bytes(std::span<const nflogcap_field> list, std::size_t size,
                                 bool is_dissected = false)
{
    std::vector<int> bytes(size);
    const auto count = [&](std::size_t offset, std::size_t length) {
        REQUIRE(offset + length <= size);
        for (std::size_t i = offset; i < offset + length; ++i)
            ++bytes[i];
    };
    for (const nflogcap_field& field : list) {
        if ((field.is_dissected != 0) != is_dissected)
            continue;
        const std::size_t elements =
            field.kind == NFLOGCAP_LIST ? std::size(nflogcap_dissection{}.vlan_ids) : 1;
        count(field.offset, field.size * elements);
        const std::string name = field.name;
        // payload_length also has its own description, and both addresses share one length: each
        // length is counted once.
        if (field.length_size != 0 && name != "payload" && name != "destination")
            count(field.length_offset, field.length_size);
    }
    return bytes;
}

#define OMIT(STRUCT, MEMBER)                                                                       \
    std::fill_n(expected.begin() + offsetof(STRUCT, MEMBER), sizeof(STRUCT::MEMBER), 0)

} // namespace

TEST_CASE("every byte of a packet has one description, except helper members")
{
    std::vector<int> expected(sizeof(nflogcap_packet), 1);
    OMIT(nflogcap_packet, present);
    OMIT(nflogcap_packet, message);
    OMIT(nflogcap_packet, message_length);
    OMIT(nflogcap_packet, reserved);
    CHECK(described_bytes(fields(), sizeof(nflogcap_packet)) == expected);
}

TEST_CASE("every byte of a dissection has one description, except helper members")
{
    std::vector<int> expected(sizeof(nflogcap_dissection), 1);
    OMIT(nflogcap_dissection, known);
    OMIT(nflogcap_dissection, reserved);
    CHECK(described_bytes(fields(), sizeof(nflogcap_dissection), true) == expected);
}

TEST_CASE("every byte of a connection has one description, except helper members")
{
    std::vector<int> expected(sizeof(nflogcap_conntrack), 1);
    OMIT(nflogcap_conntrack, has);
    OMIT(nflogcap_conntrack, reserved);
    CHECK(described_bytes(conntrack_fields(), sizeof(nflogcap_conntrack)) == expected);
}

TEST_CASE("every byte of a direction has one description, except helper members")
{
    std::vector<int> expected(sizeof(nflogcap_tuple), 1);
    OMIT(nflogcap_tuple, has);
    OMIT(nflogcap_tuple, reserved);
    CHECK(described_bytes(tuple_fields(), sizeof(nflogcap_tuple)) == expected);
}

TEST_CASE("descriptions have unique names and consist of one sentence without a full stop")
{
    for (const auto& list : {fields(), conntrack_fields(), tuple_fields()}) {
        std::set<std::string> names;
        for (const nflogcap_field& field : list) {
            CAPTURE(field.name);
            CHECK(names.insert(field.name).second);
            const std::string description = field.description;
            REQUIRE_FALSE(description.empty());
            CHECK(description.back() != '.');
            CHECK(description.find(". ") == std::string::npos);
        }
    }
}

TEST_CASE("a field is found by its name")
{
    for (std::size_t i = 0; i < fields().size(); ++i)
        CHECK(find_field(fields()[i].name) == i);
}

TEST_CASE("for an unknown field the nearest name is given, however long the name is")
{
    const auto refusal = [](const std::string& name) {
        try {
            return "found at " + std::to_string(find_field(name));
        } catch (const nflog::Error& failure) {
            CHECK(failure.code() == ENOENT);
            return std::string(failure.what());
        }
    };
    CHECK(refusal("sorce_port") == "there is no field 'sorce_port'; did you mean 'source_port'?");
    CHECK(refusal("").starts_with("there is no field ''; did you mean '"));
    CHECK_THAT(refusal(std::string(1000000, 'x')), ContainsSubstring("'; did you mean '"));
}
