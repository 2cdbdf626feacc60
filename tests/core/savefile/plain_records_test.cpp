// SPDX-License-Identifier: GPL-2.0-or-later
// libpcap's headers must be included before the kernel's.
#include "savefile_messages.hpp"

#include "message_builder.hpp"
#include "message_cursor.hpp"
#include "plain_records.hpp"
#include "savefile.hpp"
#include "savefile_record.hpp"

#include "catch.hpp"

#include <algorithm>
#include <random>

using nflog::PlainRecords;
using support::FileBytes;
using support::PcapFile;
using synthetic::numbered;

namespace {

constexpr std::size_t head_bytes = 24;
constexpr std::size_t header_bytes = 16;

// The records of a file, and the resulting messages.
struct Made {
    explicit Made(const PcapFile& file, std::size_t snaplen = 262144)
        : bytes(file.bytes().begin() + head_bytes, file.bytes().end()),
          messages(PlainRecords(framing(file), snaplen).make_messages(bytes))
    {
    }

    static nflog::RecordFraming framing(const PcapFile& file)
    {
        const auto* head = reinterpret_cast<const char*>(file.bytes().data());
        return nflog::RecordFraming({head, head_bytes});
    }

    FileBytes bytes;
    PlainRecords::Messages messages;
};

PcapFile two_records()
{
    return PcapFile(support::linktype_nflog)
        .add(numbered(1).body(), 7, 8)
        .add(numbered(2).body(), UINT32_MAX, 9);
}

} // namespace

TEST_CASE("records are messages in place, with the times of the records")
{
    for (const std::uint32_t magic : {support::microseconds, support::nanoseconds}) {
        const std::uint64_t unit = magic == support::microseconds ? 1000 : 1;
        const Made made(PcapFile(support::linktype_nflog, magic)
                            .add(numbered(1).body(), 7, 8)
                            .add(numbered(2).body(), UINT32_MAX, 9));
        CHECK(made.messages.count == 2);
        CHECK(made.messages.bytes == made.bytes.size());
        nflog::MessageCursor cursor(made.bytes);
        const auto first = cursor.next();
        CHECK(first.data() == made.bytes.data() + header_bytes);
        CHECK(std::ranges::equal(first, numbered(1).body()));
        CHECK(nflog::stamp_ns(first) == 7'000'000'000 + 8 * unit);
        const auto second = cursor.next();
        CHECK(std::ranges::equal(second, numbered(2).body()));
        CHECK(nflog::stamp_ns(second) == UINT32_MAX * UINT64_C(1'000'000'000) + 9 * unit);
        CHECK_FALSE(cursor.more());
    }
}

TEST_CASE("a record that is cut off is left unchanged")
{
    const FileBytes whole = two_records().bytes();
    const std::size_t record = (whole.size() - head_bytes) / 2;
    for (std::size_t length = 0; length < 2 * record; ++length) {
        const auto part = std::span(whole).subspan(head_bytes, length);
        FileBytes bytes(part.begin(), part.end());
        const FileBytes before = bytes;
        const PlainRecords records(Made::framing(two_records()), 262144);
        const auto made = records.make_messages(bytes);
        REQUIRE(made.count == length / record);
        REQUIRE(made.bytes == made.count * record);
        REQUIRE(std::ranges::equal(std::span(bytes).subspan(made.bytes),
                                   std::span(before).subspan(made.bytes)));
    }
}

TEST_CASE("a record of another group begins another batch")
{
    const Made made(PcapFile(support::linktype_nflog)
                        .add(numbered(1, 5).body())
                        .add(numbered(2, 5).body())
                        .add(numbered(3, 6).body()));
    CHECK(made.messages.count == 2);
}

TEST_CASE("a record that is not plain is left to libpcap")
{
    constexpr std::size_t snaplen = 100;
    const synthetic::Message message = numbered(1);
    const auto made_before = [&](std::size_t length, std::uint32_t fraction = 0) {
        FileBytes record(message.body().begin(), message.body().end());
        record.resize(length);
        PcapFile file(support::linktype_nflog);
        return Made(file.add(message.body()).add(record, 1, fraction), snaplen).messages.count;
    };
    CHECK(made_before(96) == 2);
    CHECK(made_before(97) == 1); // not aligned
    CHECK(made_before(4) == 1);  // no attribute
    CHECK(made_before(8) == 2);
    CHECK(made_before(snaplen) == 2);
    CHECK(made_before(snaplen + 4) == 1);
    CHECK(made_before(96, INT32_MAX) == 2);
    CHECK(made_before(96, 0x80000000) == 1);
    const Made beyond_all(PcapFile(support::linktype_nflog)
                              .add(message.body())
                              .add_claiming(UINT32_MAX - 15, 8, message.body()),
                          SIZE_MAX);
    CHECK(beyond_all.messages.count == 1);
}

TEST_CASE(
    "if a snaplen cut a payload, the attribute's length is set, in place, to the remaining bytes")
{
    const synthetic::Message message = numbered(7);
    const auto length = static_cast<std::uint32_t>(message.body().size());
    const Made made(PcapFile(support::linktype_nflog)
                        .add_claiming(length - 4, length, message.body().first(length - 4)));
    REQUIRE(made.messages.count == 1);
    nlattr payload;
    std::memcpy(&payload, made.bytes.data() + made.bytes.size() - 8, sizeof payload);
    CHECK(payload.nla_type == NFULA_PAYLOAD);
    CHECK(payload.nla_len == 8); // the header and "payl", which the cut left of "payload"
}

namespace {

// A random file. Most records are like the kernel's, some are not plain, and some files are
// damaged. The files are long enough to be read in several pieces.
FileBytes any_file(std::mt19937& random)
{
    const auto below = [&](std::size_t n) { return static_cast<std::uint32_t>(random() % n); };
    const auto one_in = [&](unsigned n) { return below(n) == 0; };
    PcapFile file(support::linktype_nflog,
                  one_in(2) ? support::nanoseconds : support::microseconds);
    const bool has_odd_records = one_in(2);
    for (std::uint32_t seq = 0; seq < 100; ++seq) {
        synthetic::Message message(one_in(10) ? 6 : 5);
        message.put_be32(NFULA_SEQ, seq).put(NFULA_PAYLOAD, FileBytes(below(6000)));
        auto body = message.body();
        const auto length = static_cast<std::uint32_t>(body.size());
        if (has_odd_records && one_in(50))
            body = body.first(below(body.size()));
        else if (one_in(10))
            body = body.first(std::min<std::size_t>(body.size(), 96));
        file.add_claiming(static_cast<std::uint32_t>(body.size()), length, body, below(UINT32_MAX),
                          one_in(500) ? UINT32_MAX : below(1'000'000));
    }
    FileBytes bytes = file.bytes();
    const auto somewhere = [&] { return head_bytes + below(bytes.size() - head_bytes); };
    if (one_in(4)) { // a snaplen in the file's head; libpcap cuts longer records to it
        constexpr std::size_t snaplen_at = 16;
        const std::uint32_t snaplen = below(6000);
        std::memcpy(bytes.data() + snaplen_at, &snaplen, sizeof snaplen);
    }
    if (one_in(3))
        bytes.resize(somewhere());
    for (std::uint32_t damages = one_in(3) ? below(20) : 0; damages > 0; --damages)
        bytes[somewhere()] = static_cast<std::byte>(below(256));
    return bytes;
}

} // namespace

TEST_CASE("any file of plain records, damaged or not, has the messages that libpcap finds in it")
{
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same files each time
    std::size_t read = 0;
    std::size_t damaged = 0;
    for (int i = 0; i < 300; ++i) {
        CAPTURE(i);
        const support::TemporaryFile file(any_file(random));
        savefiles::Reading reading(file.path());
        savefiles::Messages messages;
        REQUIRE(savefiles::read_messages(reading.source, messages));
        REQUIRE((messages == savefiles::messages_by_libpcap(file.path())));
        read += messages.all.size();
        damaged += messages.is_damaged ? 1 : 0;
    }
    CHECK(read > 10'000);
    CHECK(damaged > 50);
}
