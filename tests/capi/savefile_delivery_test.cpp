// SPDX-License-Identifier: GPL-2.0-or-later
// Which packets of a savefile a capture delivers, when it delivers them, and what it counts.
#include "compressed.hpp"
#include "message_builder.hpp"
#include "savefile_reading.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <thread>

using support::FileBytes;
using support::Handle;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::TemporaryFile;
using synthetic::bytes;
using synthetic::Bytes;
using synthetic::numbered;

TEST_CASE("with groups only their packets are delivered, but all packets are counted")
{
    PcapFile file(linktype_nflog);
    for (const std::uint16_t group : std::initializer_list<std::uint16_t>{5, 6, 5, 7})
        file.add(numbered(100U + group, group).body());
    const TemporaryFile on_disk(file.bytes());
    const Handle some = reading(on_disk, {5, 7});
    CHECK(next(some)->group == 5);
    CHECK(next(some)->group == 5);
    CHECK(next(some)->group == 7);
    CHECK(outcome_of_next(some) == -ENODATA);
    const nflogcap_stats stats = support::stats_of(some);
    CHECK(stats.received == 4);
    CHECK(stats.delivered == 3);
    CHECK(stats.filtered == 1);
    CHECK(stats.lost == 0);
    CHECK(support::stats_of(some, 5).received == 2);
    nflogcap_stats other{};
    CHECK(nflogcap_get_group_stats(some.get(), 6, &other, sizeof other) == -ENOENT);

    const Handle all = reading(on_disk);
    int outcome = 0;
    CHECK(support::count_packets(all, 0, outcome) == 4);
    CHECK(support::stats_of(all).delivered == 4);
    CHECK(support::stats_of(all).filtered == 0);
}

TEST_CASE("the counters report how much of the savefile was read, and its size")
{
    const TemporaryFile plain(three_packets());
    const TemporaryFile compressed(support::zstd(three_packets()));
    for (const TemporaryFile* file : {&plain, &compressed}) {
        const std::uint64_t size = file->bytes().size();
        const Handle capture = support::reader_of(file->path());
        CHECK(support::stats_of(capture).savefile_size == 0);
        support::start(capture);
        CHECK(support::stats_of(capture).savefile_size == size);
        CHECK(support::stats_of(capture).savefile_read <= size);
        int outcome = 0;
        CHECK(support::count_packets(capture, -1, outcome) == 3);
        CHECK(support::stats_of(capture).savefile_read == size);
        CHECK(support::stats_of(capture).savefile_size == size);
        support::start(capture);
        CHECK(support::stats_of(capture).savefile_read <= size);
    }
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const FileBytes file = three_packets();
    REQUIRE(write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    close(ends[1]);
    const Handle capture = support::reader_of("/proc/self/fd/" + std::to_string(ends[0]));
    support::start(capture);
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 3);
    CHECK(support::stats_of(capture).savefile_read == file.size());
    CHECK(support::stats_of(capture).savefile_size == 0);
    close(ends[0]);
}

TEST_CASE("missing packets in a file are not counted as lost")
{
    PcapFile file(linktype_nflog);
    for (const std::uint32_t seq : {1000U, 1001U, 5000U, 0U})
        file.add(numbered(seq).body());
    const TemporaryFile on_disk(file.bytes());
    for (const auto& capture : {reading(on_disk, {5}), reading(on_disk)}) {
        for (int i = 0; i < 4; ++i)
            CHECK(next(capture)->lost_before == 0);
        CHECK(support::stats_of(capture).lost == 0);
    }
}

TEST_CASE("a file without any valid packet is read to its end")
{
    constexpr int count = 100'000;
    PcapFile file(linktype_nflog);
    const Bytes cut = bytes({0, 0, 0, 5, 3}); // ends within an attribute's header
    for (int i = 0; i < count; ++i)
        file.add(cut);
    const TemporaryFile on_disk(file.bytes());
    const Handle capture = reading(on_disk);
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    CHECK(support::stats_of(capture).malformed == count);
}

TEST_CASE("next keeps its timeout, and sees a wake-up and a stop, in a file of empty records")
{
    const TemporaryFile on_disk(PcapFile(linktype_nflog).bytes());
    constexpr off_t length = 100'000'000'000; // a sparse file that would take minutes to read
    REQUIRE(truncate(on_disk.path().c_str(), length) == 0);
    const Handle capture = reading(on_disk);
    CHECK(outcome_of_next(capture, 0) == 0);
    CHECK(outcome_of_next(capture, 20) == 0);
    nflogcap_wakeup(capture.get());
    CHECK(outcome_of_next(capture, -1) == -ECANCELED);
    std::thread stopper([&] { nflogcap_stop(capture.get()); });
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    stopper.join();
}

TEST_CASE("next keeps its timeout in a pcapng file of blocks without packets")
{
    PcapngFile file;
    for (int i = 0; i < 1'500'000; ++i)
        file.add_statistics();
    const TemporaryFile on_disk(file.add(numbered(7).body()).bytes());
    const Handle capture = reading(on_disk);
    CHECK(outcome_of_next(capture, 0) == 0);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, -1) == 1);
    CHECK(packet->seq == 7);
}

TEST_CASE("batches of a file are as long as possible, with packets of one group")
{
    PcapFile file(linktype_nflog);
    constexpr std::uint32_t many = 100;
    for (std::uint32_t seq = 0; seq < many; ++seq)
        file.add(numbered(seq).body());
    file.add(numbered(0, 6).body());
    const TemporaryFile on_disk(file.bytes());
    const Handle capture = reading(on_disk);
    std::array<const nflogcap_packet*, 2 * many> packets{};
    REQUIRE(nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 0) == many);
    for (std::uint32_t seq = 0; seq < many; ++seq)
        REQUIRE(packets.at(seq)->seq == seq);
    REQUIRE(nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 0) == 1);
    CHECK(packets.front()->group == 6);
    CHECK(nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 0) == -ENODATA);
    CHECK(support::stats_of(capture).batches == 2);
}

TEST_CASE("a file is always readable; a wake-up and a stop are returned between its packets")
{
    const TemporaryFile file(three_packets());
    const Handle capture = reading(file);
    CHECK(is_readable(capture));
    CHECK(nflogcap_set_savefile(capture.get(), nullptr) == -EBUSY);
    check_error(capture, {"has started"});
    CHECK(next(capture)->seq == 0);
    nflogcap_wakeup(capture.get());
    CHECK(outcome_of_next(capture, -1) == -ECANCELED);
    CHECK(is_readable(capture));
    CHECK(next(capture)->seq == 1);
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) <= 1);
    CHECK(outcome == -ENODATA);

    // and from its beginning again
    support::start(capture);
    CHECK(support::count_packets(capture, -1, outcome) == 3);
    CHECK(outcome == -ENODATA);
}

TEST_CASE("a stop before the first packet leaves the file unread")
{
    const TemporaryFile file(three_packets());
    const Handle capture = reading(file);
    nflogcap_stop(capture.get());
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
}
