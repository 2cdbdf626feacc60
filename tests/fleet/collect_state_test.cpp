// SPDX-License-Identifier: GPL-2.0-or-later
#include "catch.hpp"
#include "collect_state.hpp"

using fleet::CollectState;

namespace {

CollectState example()
{
    CollectState state;
    state.stream = "NFLOG";
    state.name = "%h-g%g %F.pcap";
    state.refused = 3;
    fleet::GroupState& group = state.groups[{"web 1\n", 5}];
    for (int spool = 0; spool < 6; ++spool) {
        spool::Chunk chunk;
        for (std::uint64_t i = 1; i < 10; ++i) {
            chunk.number += 1 + i % 2;
            chunk.account.packets = i;
            chunk.account.total += 2 * i;
            if (i % 2 == 0)
                chunk.account.total -= i;
            chunk.account.session = i / 3 + 1;
            chunk.account.time = 100 * i;
            group.ledger.enter("spool " + std::to_string(spool), chunk);
        }
    }
    group.ledger.count_refused();
    group.outputs[0xa1b23c4d] = {"web-1/g5 2026.pcap", 12345, -3600, 2, 3, 1};
    group.outputs[0x4d3cb2a1] = {};
    return state;
}

} // namespace

TEST_CASE("a state reads back as written")
{
    const CollectState state = example();
    REQUIRE(state.groups.begin()->second.ledger.sums().missing > 0);
    const std::string text = state.text();
    const auto read = CollectState::parse(text);
    REQUIRE(read);
    CHECK(read->text() == text);
    CHECK(read->groups.begin()->first.first == "web 1\n");
    CHECK(read->groups.begin()->second.ledger.sums().missing ==
          state.groups.begin()->second.ledger.sums().missing);
}

TEST_CASE("a state that is damaged anywhere is refused")
{
    const std::string text = example().text();
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string damaged = text;
        damaged[i] ^= 1;
        CHECK_FALSE(CollectState::parse(damaged));
        CHECK_FALSE(CollectState::parse(text.substr(0, i)));
    }
    CHECK_FALSE(CollectState::parse(""));
}
