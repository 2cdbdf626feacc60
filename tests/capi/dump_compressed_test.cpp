// SPDX-License-Identifier: GPL-2.0-or-later
// Savefiles that are compressed while they are written.
#include "message_builder.hpp"
#include "other_process.hpp"
#include "packets.hpp"
#include "savefile.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using support::Dump;
using support::dump_options;
using support::dump_to;
using support::FileBytes;
using support::PcapFile;
using support::TemporaryFile;
using synthetic::bytes;
using synthetic::numbered;

namespace {

struct Kind {
    std::uint32_t compression;
    const char* extension;
    FileBytes magic; // at the beginning of a part
};

const std::array kinds = {
    Kind{NFLOGCAP_COMPRESSION_GZIP, ".gz", bytes({0x1f, 0x8b, 8})},
    Kind{NFLOGCAP_COMPRESSION_ZSTD, ".zst", bytes({0x28, 0xb5, 0x2f, 0xfd})},
};

Dump compressing(const std::string& path, const Kind& kind)
{
    return dump_to(path, dump_options(0, 0, kind.compression));
}

bool begins_with(const FileBytes& file, const FileBytes& magic)
{
    return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

// Packets of 1 KiB that hardly compress.
FileBytes random_packets(std::uint32_t count)
{
    constexpr std::size_t size = 1024;
    std::minstd_rand random;
    PcapFile file(support::linktype_nflog);
    for (std::uint32_t seq = 0; seq < count; ++seq) {
        synthetic::Bytes payload(size);
        for (std::byte& byte : payload)
            byte = static_cast<std::byte>(random());
        file.add(synthetic::Message().put_be32(NFULA_SEQ, seq).put(NFULA_PAYLOAD, payload).body());
    }
    return file.bytes();
}

void write_all(const Dump& dump, const Packets& packets)
{
    for (const nflogcap_packet* packet : packets)
        REQUIRE(nflogcap_dump_packet(dump.get(), packet) == 0);
}

// The number of packets in a file, which must end with a complete one.
std::int64_t packets_in(const FileBytes& bytes)
{
    const TemporaryFile file(bytes);
    const support::Handle capture = support::reader_of(file.path());
    support::start(capture);
    int outcome = 0;
    const nflogcap_packet* packet = nullptr;
    std::int64_t count = 0;
    while ((outcome = nflogcap_next(capture.get(), &packet, -1)) == 1)
        ++count;
    CHECK(outcome == -ENODATA);
    return count;
}

// The decompressed content of a file.
FileBytes content_of(const FileBytes& compressed)
{
    const TemporaryFile copy;
    {
        const Packets packets(compressed);
        const Dump dump = dump_to(copy.path());
        write_all(dump, packets);
    }
    return copy.bytes();
}

} // namespace

TEST_CASE("a compressed savefile has the content of a plain one; its path or an option selects "
          "compression")
{
    const FileBytes plain = random_packets(200); // of several parts
    const Packets packets(plain);
    for (const Kind& kind : kinds) {
        const TemporaryFile by_option;
        Dump dump = compressing(by_option.path(), kind);
        CHECK(begins_with(by_option.bytes(), kind.magic)); // at once
        write_all(dump, packets);
        REQUIRE(nflogcap_dump_close(dump.release()) == 0);
        CHECK(content_of(by_option.bytes()) == plain);

        const TemporaryFile place;
        for (const std::string& extension : {std::string(".pcap"), std::string(".pcapng")}) {
            const std::string path = place.path() + extension + kind.extension;
            dump = dump_to(path);
            write_all(dump, packets);
            REQUIRE(nflogcap_dump_close(dump.release()) == 0);
            std::ifstream file(path, std::ios::binary);
            const std::string text(std::istreambuf_iterator<char>(file), {});
            unlink(path.c_str());
            const auto* from = reinterpret_cast<const std::byte*>(text.data());
            const FileBytes written(from, from + text.size());
            CHECK(begins_with(written, kind.magic));
            CHECK(content_of(written) == plain);
        }
        const std::string path = place.path() + kind.extension;
        dump_to(path, dump_options(0, 0, NFLOGCAP_COMPRESSION_NONE)).reset();
        std::ifstream file(path, std::ios::binary);
        CHECK(file.get() != std::to_integer<int>(kind.magic.front()));
        unlink(path.c_str());
    }
}

TEST_CASE("an unknown compression is refused, and the file is not changed")
{
    const TemporaryFile file(bytes({1, 2, 3}));
    const nflogcap_dump_options unknown = dump_options(0, 0, 4);
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> words{};
    CHECK(nflogcap_dump_open(&dump, file.path().c_str(), &unknown, sizeof unknown, words.data(),
                             words.size()) == -EINVAL);
    check_words(words.data(), {"compression 4", "none, gzip or zstd"});
    CHECK(file.bytes() == bytes({1, 2, 3}));
}

TEST_CASE("a compressed savefile can be read up to each flush, and a cut there is no damage")
{
    const Packets packets(PcapFile(support::linktype_nflog).add(numbered(0).body()).bytes());
    for (const Kind& kind : kinds) {
        const TemporaryFile file;
        const Dump dump = compressing(file.path(), kind);
        const FileBytes head = file.bytes();
        CHECK(nflogcap_dump_position(dump.get()) == static_cast<std::int64_t>(head.size()));
        CHECK(packets_in(head) == 0);
        for (std::int64_t count = 1; count <= 3; ++count) {
            const FileBytes before = file.bytes();
            write_all(dump, packets);
            CHECK(file.bytes() == before);
            CHECK(nflogcap_dump_written(dump.get()) == count - 1);
            CHECK(nflogcap_dump_position(dump.get()) ==
                  static_cast<std::int64_t>(before.size() + 16 + packets.front()->message_length));
            REQUIRE(nflogcap_dump_flush(dump.get()) == 0);
            CHECK(nflogcap_dump_written(dump.get()) == count);
            CHECK(nflogcap_dump_position(dump.get()) ==
                  static_cast<std::int64_t>(file.bytes().size()));
            CHECK(packets_in(file.bytes()) == count);
        }
    }
}

TEST_CASE(
    "a compressed file at its size limit ends with a complete part, and continues when it may grow")
{
    const FileBytes plain = random_packets(150);
    const Packets packets(plain);
    for (const Kind& kind : kinds) {
        const TemporaryFile file;
        Dump dump = compressing(file.path(), kind);
        rlimit before{};
        REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
        const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
        constexpr rlim_t limit = 100'000; // in the middle of the second part
        const rlimit low = {limit, before.rlim_max};
        REQUIRE(setrlimit(RLIMIT_FSIZE, &low) == 0);
        auto next = packets.begin();
        int code = 0;
        while (next != packets.end() && (code = nflogcap_dump_packet(dump.get(), *next)) == 0)
            ++next;
        CHECK(code == -EFBIG);
        check_words(nflogcap_dump_error(dump.get()), {"cannot write", "File too large"});
        CHECK(nflogcap_dump_flush(dump.get()) == -EFBIG);
        const FileBytes cut = file.bytes();
        REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
        std::signal(SIGXFSZ, signal_before);

        CHECK(cut.size() > limit / 2);
        CHECK(cut.size() < limit);
        const std::int64_t written = nflogcap_dump_written(dump.get());
        CHECK(packets_in(cut) == written);
        CHECK(written < std::distance(packets.begin(), next));

        // There is room again: no accepted packet is lost.
        for (; next != packets.end(); ++next)
            REQUIRE(nflogcap_dump_packet(dump.get(), *next) == 0);
        CHECK(nflogcap_dump_close(dump.release()) == 0);
        CHECK(content_of(file.bytes()) == plain);
    }
}

TEST_CASE("a child of fork() continues a compressed file, and no packet is written twice")
{
    const FileBytes plain = random_packets(3);
    const Packets packets(plain);
    const std::vector<const nflogcap_packet*> all(packets.begin(), packets.end());
    const Kind& kind = kinds.at(GENERATE(0U, 1U));
    const TemporaryFile file;
    Dump dump = compressing(file.path(), kind);
    const auto write = [&](std::size_t number) {
        return nflogcap_dump_packet(dump.get(), all[number]);
    };
    REQUIRE(write(0) == 0);
    SECTION("which has written what this process had gathered")
    {
        const support::OtherProcess other([&] {
            nflogcap_dump_take_over(dump.get());
            nflogcap_dump_flush(dump.get());
        });
        CHECK(nflogcap_dump_flush(dump.get()) == -ECHILD);
    }
    SECTION("which has written more")
    {
        const support::OtherProcess other([&] {
            nflogcap_dump_take_over(dump.get());
            write(1);
            nflogcap_dump_flush(dump.get());
        });
    }
    SECTION("which has written nothing")
    {
        const support::OtherProcess other([&] { nflogcap_dump_take_over(dump.get()); });
    }
    const std::int64_t there = packets_in(file.bytes());
    if (there < 2)
        REQUIRE(write(1) == 0);
    REQUIRE(write(2) == 0);
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    CHECK(content_of(file.bytes()) == plain);
}

TEST_CASE("each flush of a compressed savefile makes a complete part, however badly it compresses")
{
    for (const Kind& kind : kinds) {
        const TemporaryFile file;
        const Dump dump = compressing(file.path(), kind);
        std::int64_t count = 0;
        const Packets packets(random_packets(10));
        for (const nflogcap_packet* packet : packets) {
            REQUIRE(nflogcap_dump_packet(dump.get(), packet) == 0);
            REQUIRE(nflogcap_dump_flush(dump.get()) == 0);
            CHECK(packets_in(file.bytes()) == ++count);
        }
    }
}
