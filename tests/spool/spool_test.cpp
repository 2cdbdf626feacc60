// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the writer and the reader of a spool: each one uses the files of the other.
#include "reader.hpp"
#include "writer.hpp"

#include "catch.hpp"
#include "error.hpp"
#include "scratch.hpp"

#include <cerrno>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using spool::Account;
using spool::Directory;
using spool::Reader;
using spool::Sync;
using spool::Writer;

namespace {

const std::string head(24, 'h');
constexpr std::uint64_t small = 1U << 20U;

Writer writer_in(const Scratch& scratch, std::uint64_t max_bytes = small, Sync sync = Sync::segment)
{
    return Writer(scratch.path(), {max_bytes, sync, head});
}

Account account_of(std::uint64_t packets)
{
    Account account;
    account.packets = packets;
    account.session = 1;
    return account;
}

std::string read(const Reader::Found& found, const spool::Chunk& chunk)
{
    std::string savefile = "of another chunk";
    found.segment->read(chunk, savefile);
    return savefile;
}

std::string savefile_of(const Reader::Found& found)
{
    return read(found, found.chunk);
}

void no_damage(const std::string& words)
{
    FAIL_CHECK(words);
}

std::vector<Reader::Found> all_of(Reader& reader)
{
    std::vector<Reader::Found> all;
    for (;;) {
        std::vector<Reader::Found> some = reader.next(no_damage);
        if (some.empty())
            return all;
        for (Reader::Found& one : some)
            all.push_back(std::move(one));
    }
}

} // namespace

TEST_CASE("added packets are read, in order, while more are added")
{
    for (const Sync sync : {Sync::segment, Sync::chunk, Sync::never}) {
        const Scratch scratch;
        Writer writer = writer_in(scratch, small, sync);
        const Directory directory = Directory::open(scratch.path());
        Reader reader(directory);
        CHECK(reader.next(no_damage).empty());
        std::map<std::uint16_t, std::uint64_t> numbers;
        std::map<std::uint16_t, std::uint64_t> totals;
        for (unsigned round = 0; round < 20; ++round) {
            const auto group = static_cast<std::uint16_t>(round % 3);
            const std::string records(1000 * round, static_cast<char>('a' + round));
            writer.add(group, records, account_of(round), "1=lo");
            totals[group] += round;
            bool is_read = false;
            for (const Reader::Found& found : all_of(reader)) {
                CHECK(found.chunk.number == ++numbers[found.chunk.group]);
                const std::string savefile = savefile_of(found);
                CHECK(savefile.starts_with(head));
                if (found.chunk.group == group && found.chunk.length == records.size()) {
                    CHECK(savefile == head + records);
                    CHECK(found.chunk.account.total == totals[group]);
                    CHECK(found.chunk.interfaces == "1=lo");
                    is_read = true;
                }
            }
            CHECK(is_read);
        }
        writer.close();
        CHECK(writer.status().trouble.empty());
        CHECK(writer.status().packets == 190);
    }
}

TEST_CASE("numbers and counts continue after a process ended while it wrote any byte")
{
    const Scratch scratch;
    {
        Writer writer = writer_in(scratch);
        writer.add(5, "abc", account_of(3), "");
        writer.add(6, "d", account_of(1), "");
        writer.add(5, "ef", account_of(2), "");
    }
    const auto segment = scratch.path() / spool::segment_name(1);
    const auto index = scratch.path() / spool::index_name(1);
    const auto whole = std::filesystem::file_size(index);
    std::ofstream(segment, std::ios::app) << "half of a chunk";
    std::ofstream(index, std::ios::app) << "chunk=3 group=5 off";
    {
        Writer writer = writer_in(scratch);
        CHECK(std::filesystem::file_size(segment) == head.size() + 6);
        CHECK(std::filesystem::file_size(index) == whole);
        CHECK(writer.last_account(5).total == 5);
        CHECK(writer.last_account(7).total == 0);
        writer.add(5, "g", account_of(1), "");
    }
    const Directory directory = Directory::open(scratch.path());
    Reader reader(directory);
    std::map<std::uint16_t, std::uint64_t> numbers;
    std::uint64_t total = 0;
    for (const Reader::Found& found : all_of(reader)) {
        CHECK(found.chunk.number == ++numbers[found.chunk.group]);
        if (found.chunk.group == 5)
            total = found.chunk.account.total;
    }
    CHECK(total == 6);
}

TEST_CASE("a full spool drops the oldest packets, counts them, and stays below its size")
{
    const Scratch scratch;
    Writer writer = writer_in(scratch);
    std::uint64_t added = 0;
    for (unsigned round = 0; round < 100; ++round) {
        writer.add(5, std::string(50'000, 'x'), account_of(10), "");
        added += 10;
        std::uint64_t there = 0;
        for (const auto& entry : std::filesystem::directory_iterator(scratch.path()))
            there += entry.file_size();
        CHECK(there <= small);
    }
    CHECK(writer.status().packets == added);
    CHECK(writer.status().dropped > 0);
    const Directory directory = Directory::open(scratch.path());
    Reader reader(directory);
    std::uint64_t kept = 0;
    Account last;
    for (const Reader::Found& found : all_of(reader)) {
        kept += found.chunk.account.packets;
        last = found.chunk.account;
    }
    CHECK(last.total == added);
    CHECK(kept + writer.status().dropped == added);
    CHECK(last.dropped == writer.status().dropped);
}

TEST_CASE("acknowledged packets that are dropped do not count as dropped")
{
    const Scratch scratch;
    Writer writer = writer_in(scratch);
    Directory shipper = Directory::open(scratch.path());
    shipper.set_acknowledged({{5, 1'000'000}});
    for (unsigned round = 0; round < 100; ++round) {
        writer.add(5, std::string(50'000, 'x'), account_of(10), "");
        writer.add(6, std::string(5'000, 'x'), account_of(1), "");
    }
    writer.tick();
    CHECK(writer.status().dropped < 100); // only packets of group 6
    CHECK(writer.status().dropped > 0);
    CHECK(writer.status().unacknowledged > 0);
    shipper.set_acknowledged({{5, 1'000'000}, {6, 1'000'000}});
    writer.tick();
    CHECK(writer.status().unacknowledged == 0);
}

TEST_CASE("a reader that is behind continues with the remaining packets")
{
    const Scratch scratch;
    Writer writer = writer_in(scratch);
    writer.add(5, "first", account_of(1), "");
    const Directory directory = Directory::open(scratch.path());
    Reader reader(directory);
    std::vector<Reader::Found> found = reader.next(no_damage);
    REQUIRE(found.size() == 1);
    for (unsigned round = 0; round < 100; ++round)
        writer.add(5, std::string(50'000, 'x'), account_of(10), "");
    // The segment was removed, but the reader still has it open.
    CHECK(savefile_of(found[0]) == head + "first");
    std::uint64_t last = 1;
    std::uint64_t gaps = 0;
    for (const Reader::Found& one : all_of(reader)) {
        gaps += one.chunk.number != last + 1 ? 1 : 0;
        last = one.chunk.number;
    }
    CHECK(gaps == 1);
    CHECK(last > 100);
}

TEST_CASE("damage is reported, and everything else is read")
{
    const Scratch scratch;
    Writer writer = writer_in(scratch);
    for (unsigned round = 0; round < 3; ++round)
        writer.add(5, "abc", account_of(1), "");
    const auto change = [&](const std::string& name, std::streamoff at) {
        std::fstream file(scratch.path() / name, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at);
        file.put('#');
    };
    change(spool::segment_name(1), 24 + 4); // damages the second chunk
    change(spool::index_name(1), 3);        // damages the line of the first chunk
    const Directory directory = Directory::open(scratch.path());
    Reader reader(directory);
    std::vector<std::string> damage;
    const std::vector<Reader::Found> found =
        reader.next([&](const std::string& words) { damage.push_back(words); });
    REQUIRE(damage.size() == 1);
    CHECK(damage[0].find(spool::index_name(1)) != std::string::npos);
    REQUIRE(found.size() == 2);
    CHECK_THROWS_AS(savefile_of(found[0]), nflog::Error);
    CHECK(savefile_of(found[1]) == head + "abc");
    spool::Chunk beyond = found[1].chunk;
    beyond.offset = ~std::uint64_t{0} - 1;
    CHECK_THROWS_AS(read(found[1], beyond), nflog::Error);
    beyond = found[1].chunk;
    beyond.length = ~std::uint64_t{0} / 2;
    CHECK_THROWS_AS(read(found[1], beyond), nflog::Error);
}
