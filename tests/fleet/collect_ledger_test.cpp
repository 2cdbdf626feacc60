// SPDX-License-Identifier: GPL-2.0-or-later
#include "catch.hpp"
#include "collect_ledger.hpp"

#include <algorithm>
#include <random>

using fleet::Ledger;
using fleet::Sums;
using Entry = fleet::Ledger::Entry;

namespace {

// A host that creates the chunks of one group.
class Host {
public:
    std::string spool = "a000000000000000";

    const spool::Chunk& cut(std::uint64_t packets)
    {
        chunk_.group = 5;
        ++chunk_.number;
        chunk_.account.packets = packets;
        chunk_.account.total += packets;
        chunk_.account.session = session_;
        chunk_.account.time = ++time_;
        chunk_.account.is_end = false;
        return chunk_;
    }
    spool::Account& account() { return chunk_.account; }
    spool::Chunk& chunk() { return chunk_; }
    void bind() { session_ = ++time_; }
    void wait(std::uint64_t time) { time_ += time; }
    // Begins a new spool, as after its disk was replaced.
    void begin_spool(const std::string& name)
    {
        spool = name;
        chunk_ = {};
        bind();
    }

private:
    spool::Chunk chunk_;
    std::uint64_t session_ = 1;
    std::uint64_t time_ = 1;
};

} // namespace

TEST_CASE("chunks in order are stored")
{
    Host host;
    Ledger ledger;
    for (int i = 0; i < 10; ++i)
        CHECK(ledger.enter(host.spool, host.cut(7)).entry == Entry::stored);
    CHECK(ledger.sums().stored == 70);
    CHECK(ledger.sums().missing == 0);
    CHECK(ledger.stretches().empty());
    CHECK(ledger.last_seen() == host.account().time);
}

TEST_CASE("a repeated chunk is stored once")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(7));
    CHECK(ledger.enter(host.spool, host.chunk()).entry == Entry::repeated);
    CHECK(ledger.sums().stored == 7);
}

TEST_CASE("a gap is counted exactly as missing, and a late chunk fills it")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(1));
    std::vector<spool::Chunk> withheld;
    for (const std::uint64_t packets : {10U, 0U, 30U, 40U})
        withheld.push_back(host.cut(packets));
    ledger.enter(host.spool, host.cut(5));
    CHECK(ledger.sums().missing == 80);
    CHECK(ledger.sums().missing_chunks == 4);

    CHECK(ledger.enter(host.spool, withheld[2]).entry == Entry::stored);
    CHECK(ledger.enter(host.spool, withheld[2]).entry == Entry::repeated);
    REQUIRE(ledger.spools()[0].holes.ranges().size() == 2);
    const fleet::Hole left = ledger.spools()[0].holes.ranges()[0];
    CHECK(left.first == 2);
    CHECK(left.last == 3);
    CHECK(left.packets == 10);
    const fleet::Hole right = ledger.spools()[0].holes.ranges()[1];
    CHECK(right.first == 5);
    CHECK(right.last == 5);
    CHECK(right.packets == 40);
    for (const spool::Chunk& chunk : withheld)
        ledger.enter(host.spool, chunk);
    CHECK(ledger.sums().missing == 0);
    CHECK(ledger.sums().missing_chunks == 0);
    CHECK(ledger.sums().stored == 86);
    CHECK(ledger.spools()[0].holes.ranges().empty());
}

TEST_CASE("chunks before the first one that arrives are missing")
{
    Host host;
    Ledger ledger;
    for (int i = 0; i < 9; ++i)
        host.cut(2);
    ledger.enter(host.spool, host.cut(2));
    CHECK(ledger.sums().missing == 18);
    CHECK(ledger.sums().missing_chunks == 9);
}

TEST_CASE("packets that the spool dropped are missing")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(2));
    host.cut(10);
    host.cut(10);
    host.account().dropped = 10;
    ledger.enter(host.spool, host.cut(2));
    CHECK(ledger.sums().missing == 20);
    CHECK(ledger.sums().dropped == 10);
}

TEST_CASE("decreasing counts are refused, and not counted")
{
    Host host;
    Ledger ledger;
    host.account().lost = 3;
    host.account().filtered = 4;
    ledger.enter(host.spool, host.cut(10));
    const auto refuse = [&](auto change) {
        Host forged = host;
        forged.cut(5);
        change(forged.chunk());
        CHECK(ledger.enter(host.spool, forged.chunk()).entry == Entry::refused);
    };
    refuse([](spool::Chunk& chunk) { chunk.account.lost = 2; });
    refuse([](spool::Chunk& chunk) { chunk.account.filtered = 0; });
    refuse([](spool::Chunk& chunk) { chunk.account.total = 14; });
    refuse([](spool::Chunk& chunk) { chunk.account.total = 4; });
    refuse([](spool::Chunk& chunk) { chunk.account.total = 99; }); // a gap without a missing chunk
    refuse([](spool::Chunk& chunk) { chunk.number = 0; });
    CHECK(ledger.refused() == 6);
    CHECK(ledger.sums().stored == 10);
    CHECK(ledger.sums().missing == 0);
    CHECK(ledger.enter(host.spool, host.cut(5)).entry == Entry::stored);
}

TEST_CASE("a late chunk with counts that do not fit its hole is refused")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(10));
    const spool::Chunk late = host.cut(5);
    host.cut(5);
    ledger.enter(host.spool, host.cut(1));
    spool::Chunk forged = late;
    forged.account.total = 1'000'000;
    forged.account.packets = 1'000'000;
    CHECK(ledger.enter(host.spool, forged).entry == Entry::refused);
    forged = late;
    forged.account.packets = 4; // begins after the end of the previous chunk
    CHECK(ledger.enter(host.spool, forged).entry == Entry::refused);
    CHECK(ledger.enter(host.spool, late).entry == Entry::stored);
    CHECK(ledger.sums().missing == 5);
}

TEST_CASE("forged gaps use no memory, and sums do not overflow")
{
    constexpr std::uint64_t large = 1'000'000'000'000'000;
    Ledger ledger;
    Host host;
    for (std::uint64_t i = 1; i < 10'000; ++i) {
        host.chunk().number += large;
        host.account().total += large;
        CHECK(ledger.enter(host.spool, host.cut(1)).entry == Entry::stored);
    }
    CHECK(ledger.spools()[0].holes.ranges().size() == fleet::Holes::max_ranges);
    CHECK(ledger.spools()[0].holes.unnamed_chunks() > large);
    CHECK(ledger.sums().missing == 9'999 * large);

    for (int i = 0; i < 1000; ++i) {
        spool::Chunk forged;
        forged.number = ~std::uint64_t{0};
        forged.account.total = ~std::uint64_t{0};
        forged.account.lost = ~std::uint64_t{0};
        forged.account.session = static_cast<std::uint64_t>(i);
        ledger.enter("forged" + std::to_string(i), forged);
    }
    CHECK(ledger.spools().size() == Ledger::max_spools);
    CHECK(ledger.sums().missing == ~std::uint64_t{0});
    CHECK(ledger.sums().logged() == ~std::uint64_t{0});
    CHECK(ledger.stretches().size() <= (Ledger::max_spools + 1) * fleet::Stretches::max_kept);
}

TEST_CASE("the time between two sessions is a stretch in which the group was not bound")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(1));
    const std::uint64_t from = host.account().time;
    host.wait(100);
    host.bind();
    ledger.enter(host.spool, host.cut(1));
    REQUIRE(ledger.stretches().size() == 1);
    CHECK(ledger.stretches()[0].from == from);
    CHECK(ledger.stretches()[0].to == host.account().session);
    CHECK(ledger.unbound_since() == 0);
    host.cut(0);
    host.account().is_end = true;
    ledger.enter(host.spool, host.chunk());
    CHECK(ledger.unbound_since() == host.account().time);
}

TEST_CASE("late chunks move the ends of an unbound stretch, and can reveal another one")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(1));
    const spool::Chunk last_of_first = host.cut(1);
    host.wait(100);
    host.bind();
    const spool::Chunk second = host.cut(1);
    host.wait(100);
    host.bind();
    const spool::Chunk first_of_third = host.cut(1);
    ledger.enter(host.spool, host.cut(1));
    REQUIRE(ledger.stretches().size() == 1);
    ledger.enter(host.spool, second);
    REQUIRE(ledger.stretches().size() == 2);
    ledger.enter(host.spool, last_of_first);
    ledger.enter(host.spool, first_of_third);
    REQUIRE(ledger.stretches().size() == 2);
    CHECK(ledger.stretches()[0].from == last_of_first.account.time);
    CHECK(ledger.stretches()[0].to == second.account.session);
    CHECK(ledger.stretches()[1].from == second.account.time);
    CHECK(ledger.stretches()[1].to == first_of_third.account.session);
}

TEST_CASE("a new spool begins a new account, and the old sums are kept")
{
    Host host;
    Ledger ledger;
    std::uint64_t stored = 0;
    std::uint64_t lost = 0;
    for (int i = 0; i < 20; ++i) {
        host.begin_spool("b" + std::to_string(i));
        host.account().lost = 2;
        lost += 2;
        host.cut(100); // never arrives
        ledger.enter(host.spool, host.cut(10));
        stored += 10;
        CHECK(ledger.sums().stored == stored);
        CHECK(ledger.sums().lost == lost);
        CHECK(ledger.sums().missing == stored * 10);
    }
    CHECK(ledger.spools().size() == Ledger::max_spools);
    CHECK(ledger.stretches().size() == 19);
}

TEST_CASE("a chunk of the previous spool can arrive late")
{
    Host host;
    Ledger ledger;
    ledger.enter(host.spool, host.cut(1));
    Host old = host;
    host.begin_spool("b");
    ledger.enter(host.spool, host.cut(1));
    CHECK(ledger.enter(old.spool, old.cut(3)).entry == Entry::stored);
    CHECK(ledger.enter(old.spool, old.chunk()).entry == Entry::repeated);
    CHECK(ledger.sums().stored == 5);
    REQUIRE(ledger.stretches().size() == 1);
    CHECK(ledger.stretches()[0].from == old.account().time);
    CHECK(ledger.last_seen() == host.account().time);
}

TEST_CASE("with lost, repeated and reordered chunks, the sums match the packets that were sent")
{
    const auto seed = GENERATE(range(1U, 60U));
    std::mt19937 random(seed);
    const auto below = [&random](unsigned bound) {
        return static_cast<unsigned>(random() % bound);
    };
    Host host;
    Ledger ledger;
    Sums past;
    for (unsigned spool = 0; spool < 1 + below(4); ++spool) {
        host.begin_spool("s" + std::to_string(spool));
        std::vector<spool::Chunk> sent;
        for (unsigned i = 0; i < 1 + below(300); ++i) {
            if (below(40) == 0)
                host.bind();
            host.account().lost += below(3);
            host.account().filtered += below(3);
            sent.push_back(host.cut(below(50)));
        }
        const spool::Chunk last = sent.back();
        sent.pop_back();
        std::vector<spool::Chunk> arriving;
        std::uint64_t stored = last.account.packets;
        for (const spool::Chunk& chunk : sent) {
            const unsigned copies = below(3);
            stored += copies > 0 ? chunk.account.packets : 0;
            arriving.insert(arriving.end(), copies, chunk);
        }
        arriving.push_back(last);
        // Move chunks by up to 30 places, as when the broker delivers messages again.
        for (std::size_t i = 0; i + 1 < arriving.size(); ++i)
            std::swap(arriving[i], arriving[i + below(static_cast<unsigned>(std::min<std::size_t>(
                                                    arriving.size() - i, 30)))]);
        for (const spool::Chunk& chunk : arriving) {
            const Ledger::Result result = ledger.enter(host.spool, chunk);
            CHECK(result.entry != Entry::refused);
            if (below(10) == 0) { // save and restore the ledger, as at a restart of the collector
                Ledger again;
                again.restore(ledger.refused(), ledger.past(), ledger.past_stretches(),
                              ledger.spools());
                ledger = again;
            }
        }
        past += {.stored = stored, // cppcheck-suppress selfAssignment
                 .filtered = last.account.filtered,
                 .lost = last.account.lost,
                 .missing = last.account.total - stored};
        const Sums sums = ledger.sums();
        CHECK(sums.stored == past.stored);
        CHECK(sums.filtered == past.filtered);
        CHECK(sums.lost == past.lost);
        CHECK(sums.missing == past.missing);
        std::uint64_t in_holes = 0;
        for (const fleet::Hole& hole : ledger.spools().back().holes.ranges())
            in_holes += hole.packets;
        CHECK(in_holes == ledger.spools().back().missing);
    }
}
