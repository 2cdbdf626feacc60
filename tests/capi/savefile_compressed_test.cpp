// SPDX-License-Identifier: GPL-2.0-or-later
// Savefiles that are compressed.
#include "compressed.hpp"
#include "message_builder.hpp"
#include "savefile_reading.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <sys/wait.h>

using support::Compress;
using support::compressions;
using support::FileBytes;
using support::Handle;
using support::joined;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::reader_of;
using support::TemporaryFile;
using synthetic::numbered;

namespace {

constexpr std::size_t pcap_head = 24;

FileBytes many_packets(std::uint32_t count)
{
    PcapFile file(linktype_nflog);
    for (std::uint32_t seq = 0; seq < count; ++seq)
        file.add(numbered(seq).body());
    return file.bytes();
}

FileBytes first(const FileBytes& bytes, std::size_t size)
{
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

FileBytes from(const FileBytes& bytes, std::size_t at)
{
    return {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end()};
}

// Reads the numbered packets, and returns their number and the final result.
std::pair<std::uint32_t, int> read_numbered(const Handle& capture)
{
    const nflogcap_packet* packet = nullptr;
    std::uint32_t count = 0;
    int outcome = 0;
    while ((outcome = nflogcap_next(capture.get(), &packet, -1)) == 1)
        REQUIRE(packet->seq == count++);
    return {count, outcome};
}

// A pipe with a reader that is not started yet.
struct Piped {
    Piped()
    {
        REQUIRE(pipe(ends.data()) == 0);
        capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
    }
    ~Piped()
    {
        finish();
        close(ends[0]);
    }
    Piped(const Piped&) = delete;
    Piped& operator=(const Piped&) = delete;

    void put(std::span<const std::byte> bytes) const
    {
        REQUIRE(write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    void finish()
    {
        if (ends[1] >= 0)
            close(ends[1]);
        ends[1] = -1;
    }

    std::array<int, 2> ends{};
    Handle capture;
};

} // namespace

TEST_CASE("a compressed savefile is read like the file in it, in every format")
{
    PcapFile other(linktype_nflog, support::nanoseconds, support::other_endian);
    PcapngFile pcapng;
    for (std::uint32_t seq = 0; seq < 3; ++seq) {
        other.add(support::in_other_order(numbered(seq).body()));
        pcapng.add(numbered(seq).body());
    }
    for (const Compress compress : compressions) {
        for (const FileBytes& plain : {three_packets(), other.bytes(), pcapng.bytes()}) {
            const TemporaryFile file(compress(plain)); // its name does not end in .gz
            CHECK(read_numbered(reading(file)) == std::pair(3U, -ENODATA));
        }
    }
}

TEST_CASE(
    "a long compressed savefile is read in pieces, and by a child of fork() from the same place")
{
    constexpr std::uint32_t count = 20'000;
    const FileBytes plain = many_packets(count);
    for (const Compress compress : compressions) {
        const TemporaryFile file(compress(plain));
        const Handle capture = reading(file);
        for (std::uint32_t seq = 0; seq < count / 2; ++seq) {
            REQUIRE(next(capture)->seq == seq);
        }
        const pid_t child = fork();
        if (child == 0) {
            nflogcap_take_over(capture.get());
            int outcome = 0;
            const std::uint64_t rest = support::count_packets(capture, -1, outcome);
            _exit(rest == count / 2 && outcome == -ENODATA ? 0 : 1);
        }
        int status = -1;
        REQUIRE(waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
}

TEST_CASE("parts of a savefile that were compressed separately are read as one file")
{
    const FileBytes plain = many_packets(100);
    for (const Compress compress : compressions) {
        FileBytes file = compress(first(plain, 10)); // a cut in the file's head
        if (compress != support::gzip)
            file = joined(file, support::skippable_frame());
        file = joined(file, compress(from(first(plain, 1000), 10)));
        file = joined(file, compress(from(plain, 1000)));
        CHECK(read_numbered(reading(TemporaryFile(file))) == std::pair(100U, -ENODATA));
    }
}

TEST_CASE(
    "a compressed savefile that is cut anywhere delivers its whole packets, then fails in words")
{
    const FileBytes plain = three_packets();
    for (const Compress compress : compressions) {
        const FileBytes whole = compress(plain);
        std::uint32_t most = 0;
        for (std::size_t length = 4; length < whole.size(); ++length) {
            CAPTURE(length);
            const TemporaryFile file(first(whole, length));
            const Handle capture = reader_of(file.path());
            const int code = nflogcap_start(capture.get());
            if (code == 0) {
                const auto [count, outcome] = read_numbered(capture);
                REQUIRE(count >= most);
                most = count;
                REQUIRE(outcome == -EBADMSG);
                REQUIRE(outcome_of_next(capture) == -ENODATA);
            } else {
                REQUIRE(most == 0);
                REQUIRE(code == -EBADMSG);
            }
            check_error(capture, {"cut off"});
        }
        CHECK(most == 3);
    }
}

TEST_CASE("a cut between two records of a compressed savefile is not its end")
{
    const FileBytes plain = many_packets(4);
    const std::size_t record = (plain.size() - pcap_head) / 4;
    for (const Compress compress : compressions) {
        const FileBytes two_packets = compress(first(plain, pcap_head + 2 * record));
        const FileBytes others = compress(from(plain, pcap_head + 2 * record));
        CHECK(read_numbered(reading(TemporaryFile(two_packets))) == std::pair(2U, -ENODATA));
        for (std::size_t length = 1; length < 7; ++length) { // of the next part's header
            const Handle capture =
                reading(TemporaryFile(joined(two_packets, first(others, length))));
            CHECK(read_numbered(capture) == std::pair(2U, -EBADMSG));
            check_error(capture, {"beyond packet 2", "compressed data is cut off"});
        }
    }
}

TEST_CASE(
    "a compressed savefile with damage delivers its packets before that, and gives the reason")
{
    const FileBytes plain = many_packets(5);
    for (const Compress compress : compressions) {
        const Handle capture =
            reading(TemporaryFile(joined(compress(plain), FileBytes(50, std::byte{0x42}))));
        CHECK(read_numbered(capture) == std::pair(5U, -EBADMSG));
        check_error(capture, {"beyond packet 5", "compressed data cannot be decoded: "});
        CHECK(outcome_of_next(capture) == -ENODATA);
    }
    const TemporaryFile damaged_head(
        joined(first(support::gzip(plain), 10), FileBytes(50, std::byte{0xff})));
    const Handle capture = reader_of(damaged_head.path());
    CHECK(nflogcap_start(capture.get()) == -EBADMSG);
    check_error(capture, {"cannot read", "cannot be decoded: invalid block type"});
}

TEST_CASE("a compressed file must contain a savefile")
{
    for (const Compress compress : compressions) {
        for (const FileBytes& other : {FileBytes(), FileBytes(100'000)}) {
            const TemporaryFile file(compress(other));
            const Handle capture = reader_of(file.path());
            CHECK(nflogcap_start(capture.get()) == -EBADMSG);
            check_error(capture, {"pcap or pcapng", "gzip, zstd or lz4"});
        }
    }
    const TemporaryFile large(support::large_zstd_window());
    const Handle capture = reader_of(large.path());
    CHECK(nflogcap_start(capture.get()) == -EBADMSG);
    check_error(capture, {"128 MiB", "zstd -d --long=31"});
}

TEST_CASE("a compressed savefile can be read from a pipe in pieces of any size")
{
    constexpr std::uint32_t count = 300;
    const FileBytes plain = many_packets(count);
    std::mt19937 random(7);
    for (const Compress compress : compressions) {
        const FileBytes file = joined(compress(first(plain, plain.size() / 2)),
                                      compress(from(plain, plain.size() / 2)));
        for (const std::size_t max_piece : {1UL, 30UL, 100'000UL}) {
            CAPTURE(max_piece);
            Piped piped;
            // The start waits for the file's head, which is in the first part.
            std::size_t at = compress(first(plain, plain.size() / 2)).size();
            piped.put(first(file, at));
            support::start(piped.capture);
            const nflogcap_packet* packet = nullptr;
            std::uint32_t seq = 0;
            while (at < file.size()) {
                const std::size_t piece =
                    std::min(std::uniform_int_distribution<std::size_t>(1, max_piece)(random),
                             file.size() - at);
                piped.put(std::span(file).subspan(at, piece));
                at += piece;
                while (is_readable(piped.capture)) {
                    if (nflogcap_next(piped.capture.get(), &packet, 0) == 1)
                        REQUIRE(packet->seq == seq++);
                }
            }
            CHECK(seq == count);
            piped.finish();
            CHECK(is_readable(piped.capture));
            CHECK(outcome_of_next(piped.capture, -1) == -ENODATA);
        }
    }
}

TEST_CASE("the descriptor stays readable while packets of a compressed pipe are in the library")
{
    // The compressed data fits into the pipe, but is more than the library reads at once.
    constexpr std::uint32_t count = 10'000;
    for (const Compress compress : {support::zstd, support::gzip}) {
        const FileBytes file = compress(many_packets(count));
        Piped piped;
        REQUIRE(file.size() <= 60'000);
        piped.put(file);
        support::start(piped.capture);
        for (std::uint32_t seq = 0; seq < count; ++seq) {
            REQUIRE(is_readable(piped.capture));
            REQUIRE(next(piped.capture)->seq == seq);
        }
        CHECK(outcome_of_next(piped.capture) == 0);
        CHECK_FALSE(is_readable(piped.capture));
    }
}

TEST_CASE("a pipe that its writer closes in the middle of compressed data ends with an error")
{
    for (const Compress compress : compressions) {
        const FileBytes file = compress(three_packets());
        Piped piped;
        piped.put(first(file, file.size() - 1)); // a part of the checksum
        support::start(piped.capture);
        piped.finish();
        CHECK(read_numbered(piped.capture) == std::pair(3U, -EBADMSG));
        check_error(piped.capture, {"beyond packet 3", "cut off"});
    }
}

TEST_CASE("a stop ends a start that waits for compressed data of a pipe")
{
    for (const Compress compress : compressions) {
        const Piped piped;
        piped.put(first(compress(three_packets()), 5));
        nflogcap_stop(piped.capture.get());
        CHECK(nflogcap_start(piped.capture.get()) == 0);
        CHECK(outcome_of_next(piped.capture, -1) == -ENODATA);
    }
}
