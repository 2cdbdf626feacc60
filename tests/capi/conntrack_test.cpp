// SPDX-License-Identifier: GPL-2.0-or-later
// Conntrack entries through the C ABI; their content is tested in tests/core/packet/.
#include "conntrack_messages.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <nflogcap.h>
#include <string>

namespace {

const nflogcap_packet untracked{};

} // namespace

TEST_CASE("a conntrack entry is read")
{
    const auto message = synthetic::tracked(synthetic::tcp_entry(), IP_CT_ESTABLISHED_REPLY);
    nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_packet_parse(&packet, message.body().data(), message.body().size(), 1) == 0);
    nflogcap_conntrack found;
    REQUIRE(nflogcap_packet_conntrack(packet, &found, sizeof found) == 0);
    nflogcap_packet_free(packet);
    CHECK(found.id == 0xa1b2c3d4);
    CHECK(std::string(found.state) == "established");
    CHECK(std::string(found.direction) == "reply");
    CHECK(found.original.source_port == 40001);
    REQUIRE(nflogcap_packet_conntrack(&untracked, &found, sizeof found) == 0);
    CHECK(found.has == 0);
}

TEST_CASE("in a struct of a later version, a conntrack entry has zeros after the known members")
{
    std::array<std::uint8_t, sizeof(nflogcap_conntrack) + 16> later;
    later.fill(0xa5);
    auto* ret = reinterpret_cast<nflogcap_conntrack*>(later.data());
    REQUIRE(nflogcap_packet_conntrack(&untracked, ret, later.size()) == 0);
    CHECK(std::ranges::all_of(later, [](std::uint8_t byte) { return byte == 0; }));
}

TEST_CASE("a conntrack entry in a struct that is too small, or missing, is refused and not changed")
{
    std::array<std::uint8_t, sizeof(nflogcap_conntrack)> small;
    small.fill(0xa5);
    auto* ret = reinterpret_cast<nflogcap_conntrack*>(small.data());
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, small.size() - 1})
        CHECK(nflogcap_packet_conntrack(&untracked, ret, size) == -EINVAL);
    CHECK(nflogcap_packet_conntrack(nullptr, ret, small.size()) == -EINVAL);
    CHECK(nflogcap_packet_conntrack(&untracked, nullptr, small.size()) == -EINVAL);
    CHECK(std::ranges::all_of(small, [](std::uint8_t byte) { return byte == 0xa5; }));
}

TEST_CASE("the fields of a conntrack entry are listed, and NULL follows the last")
{
    const auto count = [](auto field_at) {
        std::size_t found = 0;
        while (field_at(found) != nullptr)
            ++found;
        CHECK(field_at(SIZE_MAX) == nullptr);
        return found;
    };
    CHECK(count(nflogcap_conntrack_field_at) == 11);
    CHECK(count(nflogcap_tuple_field_at) == 11);
}
