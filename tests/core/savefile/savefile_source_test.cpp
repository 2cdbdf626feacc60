// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_source.hpp"

#include "message_builder.hpp"
#include "message_cursor.hpp"
#include "savefile.hpp"
#include "savefile_messages.hpp"

#include "catch.hpp"

#include <sys/wait.h>

using nflog::Batch;
using nflog::SavefileSource;
using savefiles::Reading;
using support::FileBytes;
using support::PcapFile;
using support::PcapngFile;
using support::TemporaryFile;
using synthetic::numbered;

namespace {

constexpr std::size_t max_batch_bytes = std::size_t{128} * 1024 + 1024;

std::size_t count_messages(std::span<const std::byte> batch)
{
    std::size_t count = 0;
    for (nflog::MessageCursor cursor(batch); cursor.more(); cursor.next())
        ++count;
    return count;
}

// The number of messages up to the end of the file.
std::size_t count_messages(SavefileSource& source)
{
    std::size_t count = 0;
    for (Batch batch = source.receive(); batch.state != Batch::State::ended;
         batch = source.receive())
        count += count_messages(batch.bytes);
    return count;
}

} // namespace

TEST_CASE("a batch of the shortest records is not longer than others")
{
    constexpr std::size_t count = 50'000;
    const auto length = GENERATE(
        std::size_t{0}, std::size_t{8}); // libpcap reads records of length 0; longer ones are plain
    PcapFile file(support::linktype_nflog);
    for (std::size_t i = 0; i < count; ++i)
        file.add(FileBytes(length));
    const TemporaryFile on_disk(file.bytes());
    Reading reading(on_disk.path());
    SavefileSource& source = reading.source;
    std::size_t received = 0;
    for (Batch batch = source.receive(); batch.state != Batch::State::ended;
         batch = source.receive()) {
        REQUIRE(batch.bytes.size() <= max_batch_bytes);
        received += count_messages(batch.bytes);
    }
    CHECK(received == count);
}

TEST_CASE("blocks without packets are read in several calls, which return no packet")
{
    PcapngFile file;
    for (int i = 0; i < 50'000; ++i)
        file.add_statistics();
    const TemporaryFile on_disk(file.add(numbered(7).body()).bytes());
    Reading reading(on_disk.path());
    SavefileSource& source = reading.source;
    Batch batch = source.receive();
    std::size_t calls = 0;
    for (; batch.state == Batch::State::none_now; batch = source.receive()) {
        REQUIRE(source.has_backlog());
        ++calls;
    }
    CHECK(calls > 1);
    CHECK(count_messages(batch.bytes) == 1);
    CHECK(source.receive().state == Batch::State::ended);
}

TEST_CASE("a child of fork() that reads a file consumes nothing of its parent's data")
{
    constexpr std::size_t count = 10'000;
    PcapFile file(support::linktype_nflog);
    for (std::uint32_t seq = 0; seq < count; ++seq)
        file.add(numbered(seq).body());
    const TemporaryFile on_disk(file.bytes());
    Reading reading(on_disk.path());
    SavefileSource& source = reading.source;
    const std::size_t before = count_messages(source.receive().bytes);
    const pid_t child = fork();
    if (child == 0)
        _exit(before + count_messages(source) == count ? 0 : 1);
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(before + count_messages(source) == count);
}
