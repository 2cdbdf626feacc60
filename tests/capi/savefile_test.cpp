// SPDX-License-Identifier: GPL-2.0-or-later
// Captures that read savefiles, which were put together here.
#include "message_builder.hpp"
#include "savefile.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <thread>

using support::FileBytes;
using support::Handle;
using support::in_other_order;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::reader_of;
using support::TemporaryFile;
using synthetic::bytes;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::numbered;

namespace {

Handle reading(const TemporaryFile& file, std::initializer_list<std::uint16_t> groups = {})
{
    Handle capture = reader_of(file.path(), groups);
    support::start(capture);
    return capture;
}

const nflogcap_packet* next(const Handle& capture)
{
    constexpr int timeout_ms = 10'000; // 0 can end the call before it reaches the packet
    const nflogcap_packet* packet = nullptr;
    const int outcome = nflogcap_next(capture.get(), &packet, timeout_ms);
    INFO(nflogcap_error(capture.get()));
    REQUIRE(outcome == 1);
    return packet;
}

int outcome_of_next(const Handle& capture, int timeout_ms = 0)
{
    const nflogcap_packet* packet = nullptr;
    return nflogcap_next(capture.get(), &packet, timeout_ms);
}

FileBytes three_packets()
{
    PcapFile file(linktype_nflog);
    for (std::uint32_t seq = 0; seq < 3; ++seq)
        file.add(numbered(seq).body());
    return file.bytes();
}

bool is_readable(const Handle& capture)
{
    pollfd waiting = {nflogcap_fd(capture.get()), POLLIN, 0};
    return poll(&waiting, 1, 0) == 1;
}

} // namespace

TEST_CASE("a file of LINKTYPE_NFLOG has all that the kernel sent")
{
    const Message message = full_message();
    const TemporaryFile file(PcapFile(linktype_nflog).add(message.body(), 7, 8).bytes());
    const Handle capture = reading(file);
    const nflogcap_packet* packet = next(capture);
    CHECK(std::ranges::equal(std::as_bytes(std::span(packet->message, packet->message_length)),
                             message.body()));
    CHECK(std::string(packet->prefix) == "web: ");
    CHECK(packet->group == 0xabcd);
    CHECK(packet->vlan_tci == 0x602a);
    CHECK(packet->timestamp_ns == 7'000'000'008); // the record's
    CHECK(packet->seq == 0x61626364);
    CHECK(packet->lost_before == 0);
    CHECK(nflogcap_interface_name(capture.get(), 1) == nullptr);
    CHECK(outcome_of_next(capture) == -ENODATA);
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
}

TEST_CASE("the record's time wins over the kernel's, which remains as an attribute")
{
    constexpr std::uint64_t kernel_ns = 0x65432101ULL * 1'000'000'000 + 999'999'000;
    const auto same = [](const nflogcap_packet& packet) {
        std::size_t length = 0;
        CHECK(nflogcap_packet_attribute(&packet, NFULA_TIMESTAMP, &length) != nullptr);
        CHECK(length == 16);
        return (packet.present & NFLOGCAP_HAS_TIMESTAMP) != 0;
    };
    const Message message = full_message();
    const TemporaryFile file(PcapFile(linktype_nflog)
                                 .add(message.body(), 0x65432101, 999'999'000)
                                 .add(message.body(), 0x65432101 + 3600, 999'999'000)
                                 .add(message.body(), 0x65432101, 999'999'001)
                                 .bytes());
    const Handle capture = reading(file);
    const nflogcap_packet* packet = next(capture);
    CHECK(packet->timestamp_ns == kernel_ns);
    CHECK(same(*packet));
    packet = next(capture);
    CHECK(packet->timestamp_ns == kernel_ns + 3600ULL * 1'000'000'000);
    CHECK_FALSE(same(*packet));
    packet = next(capture);
    CHECK(packet->timestamp_ns == kernel_ns + 1);
    CHECK_FALSE(same(*packet));
}

TEST_CASE("a packet without a time of the kernel's has that of its record, in any format")
{
    const auto timestamp_of = [](const PcapFile& file) {
        return next(reading(TemporaryFile(file.bytes())))->timestamp_ns;
    };
    const Message message = numbered(0);
    CHECK(timestamp_of(PcapFile(linktype_nflog).add(message.body(), 1700000000, 123456789)) ==
          1'700'000'000'123'456'789);
    CHECK(timestamp_of(PcapFile(linktype_nflog, support::microseconds)
                           .add(message.body(), 1700000000, 123456)) == 1'700'000'000'123'456'000);
    CHECK(timestamp_of(PcapFile(linktype_nflog).add(message.body(), UINT32_MAX, 1)) ==
          4'294'967'295'000'000'001);
    CHECK(timestamp_of(PcapFile(linktype_nflog, support::nanoseconds, support::other_endian)
                           .add(in_other_order(message.body()), 1700000000, 123456789)) ==
          1'700'000'000'123'456'789);
}

TEST_CASE("a file of the other byte order has the same packets, nested attributes included")
{
    Message message = numbered(7);
    message
        .put(NFULA_CT | NLA_F_NESTED,
             synthetic::nested({{1 | NLA_F_NESTED, synthetic::nested({{1, bytes({1, 2, 3, 4})}})}}))
        .put(NFULA_VLAN | NLA_F_NESTED,
             synthetic::nested(
                 {{NFULA_VLAN_TCI, bytes({0x60, 0x2a})}, {NFULA_VLAN_PROTO, bytes({0x88, 0xa8})}}));
    for (const std::uint32_t magic : {support::nanoseconds, support::microseconds}) {
        const TemporaryFile file(PcapFile(linktype_nflog, magic, support::other_endian)
                                     .add(in_other_order(message.body()))
                                     .bytes());
        const Handle capture = reading(file);
        const nflogcap_packet* packet = next(capture);
        CHECK(packet->vlan_tci == 0x602a);
        CHECK(packet->vlan_protocol == 0x88a8);
        CHECK(packet->seq == 7);
        CHECK(std::ranges::equal(std::as_bytes(std::span(packet->message, packet->message_length)),
                                 message.body()));
        CHECK(outcome_of_next(capture) == -ENODATA);
    }
}

TEST_CASE("a pcapng file is read too")
{
    const TemporaryFile on_disk(PcapngFile().add(numbered(7).body(), 1'000'001).bytes());
    const Handle capture = reading(on_disk);
    const nflogcap_packet* packet = next(capture);
    CHECK(packet->seq == 7);
    CHECK(packet->timestamp_ns == 1'000'001'000);
    CHECK(outcome_of_next(capture) == -ENODATA);
}

TEST_CASE("of a file of IP packets the payload is known, and what it says itself")
{
    const Bytes ipv4 = bytes({0x45, 0, 0, 99, 1, 2, 3});
    const Bytes ipv6 = bytes({0x60, 0, 0, 0, 0, 9, 3});
    const TemporaryFile raw(
        PcapFile(support::linktype_raw).add(ipv4, 7, 8).add(ipv6, 9, 10).bytes());
    const Handle capture = reading(raw);
    const nflogcap_packet* packet = next(capture);
    CHECK(packet->present == (NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_PAYLOAD));
    CHECK(packet->payload_length == 7);
    CHECK(packet->wire_length == 99);
    CHECK(packet->family == 2);
    CHECK(packet->hw_protocol == 0x0800);
    CHECK(packet->timestamp_ns == 7'000'000'008);
    CHECK(packet->group == 0);
    packet = next(capture);
    CHECK(packet->family == 10);
    CHECK(packet->hw_protocol == 0x86dd);
    CHECK(packet->timestamp_ns == 9'000'000'010);

    CHECK(
        next(reading(TemporaryFile(PcapFile(support::linktype_ipv4).add(ipv4).bytes())))->family ==
        2);
    CHECK(
        next(reading(TemporaryFile(PcapFile(support::linktype_ipv6).add(ipv6).bytes())))->family ==
        10);
}

TEST_CASE("a file that is cut anywhere yields its whole packets, then an error, then its end")
{
    const FileBytes whole = three_packets();
    constexpr std::size_t head = 24;
    const std::size_t record = (whole.size() - head) / 3;
    for (std::size_t length = head; length < whole.size(); ++length) {
        CAPTURE(length);
        const TemporaryFile file{std::span(whole).first(length)};
        const Handle capture = reading(file);
        int outcome = 0;
        REQUIRE(support::count_packets(capture, -1, outcome) == (length - head) / record);
        if ((length - head) % record == 0) {
            REQUIRE(outcome == -ENODATA);
        } else {
            REQUIRE(outcome == -EBADMSG);
            check_error(capture,
                        {file.path(), std::to_string((length - head) / record), "truncated"});
        }
        REQUIRE(outcome_of_next(capture) == -ENODATA);
        REQUIRE(is_readable(capture));
    }
    for (std::size_t length = 0; length < head; ++length) {
        const TemporaryFile file{std::span(whole).first(length)};
        const Handle capture = reader_of(file.path());
        REQUIRE(nflogcap_start(capture.get()) == -EBADMSG);
        check_error(capture, {file.path(), "truncated"});
    }
}

TEST_CASE("a length beyond the end, or beyond reason, is an error behind the packets before")
{
    const Message message = numbered(0);
    const auto length = static_cast<std::uint32_t>(message.body().size());
    for (const std::uint32_t claimed :
         {length + 1, 262144U, 262145U, 0x7fffffffU, 0x80000000U, UINT32_MAX}) {
        CAPTURE(claimed);
        const TemporaryFile file(PcapFile(linktype_nflog)
                                     .add(message.body())
                                     .add_claiming(claimed, claimed, message.body())
                                     .bytes());
        const Handle capture = reading(file);
        int outcome = 0;
        CHECK(support::count_packets(capture, -1, outcome) == 1);
        CHECK(outcome == -EBADMSG);
        check_error(capture, {file.path(), "beyond packet 1"});
        CHECK(outcome_of_next(capture) == -ENODATA);
    }
}

TEST_CASE("a file with any byte of it changed yields packets or an error, and ends")
{
    Message message = numbered(7);
    message.put(NFULA_VLAN | NLA_F_NESTED,
                synthetic::nested({{NFULA_VLAN_TCI, bytes({0x60, 0x2a})}}));
    const PcapFile native = PcapFile(linktype_nflog).add(message.body()).add(message.body());
    const PcapFile other = PcapFile(linktype_nflog, support::nanoseconds, support::other_endian)
                               .add(in_other_order(message.body()))
                               .add(in_other_order(message.body()));
    for (const FileBytes& sound : {native.bytes(), other.bytes()}) {
        for (std::size_t at = 0; at < sound.size(); ++at) {
            for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0x80U, 0xffU}) {
                CAPTURE(at, value);
                FileBytes changed = sound;
                changed[at] = static_cast<std::byte>(value);
                const TemporaryFile file(changed);
                const Handle capture = reader_of(file.path());
                if (const int code = nflogcap_start(capture.get()); code < 0) {
                    CHECK((code == -EBADMSG || code == -EINVAL));
                    continue;
                }
                int outcome = 0;
                CHECK(support::count_packets(capture, -1, outcome) <= 2);
                CHECK((outcome == -ENODATA || outcome == -EBADMSG));
                CHECK(outcome_of_next(capture) == -ENODATA);
            }
        }
    }
}

TEST_CASE("the longest record that there may be is read")
{
    Message message = full_message();
    Bytes longest = exact_copy(message.body());
    longest.resize(262144); // malformed, since no attribute is so long
    const TemporaryFile file(PcapFile(linktype_nflog).add(longest).add(numbered(1).body()).bytes());
    const Handle capture = reading(file);
    CHECK(next(capture)->seq == 1);
    CHECK(support::stats_of(capture).malformed == 1);
}

TEST_CASE("a record that is no packet costs itself alone")
{
    PcapFile file(linktype_nflog);
    std::size_t bad = 0;
    const Message sound = numbered(1);
    for (std::size_t length = 0; length < sound.body().size(); ++length, ++bad)
        file.add(sound.body().first(length)).add(sound.body());
    const TemporaryFile on_disk(file.bytes());
    const Handle capture = reading(on_disk);
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, 0, outcome);
    CHECK(outcome == -ENODATA);
    const nflogcap_stats stats = support::stats_of(capture);
    // Behind whole attributes a message may end.
    CHECK(packets + stats.malformed == 2 * bad);
    CHECK(packets >= bad);
    CHECK(packets <= bad + 4);
    CHECK(stats.received == packets);
    CHECK(stats.lost == 0);
}

TEST_CASE("what cannot be read is refused in words")
{
    const auto refused = [](const std::string& path, int code,
                            std::initializer_list<std::string> words) {
        const Handle capture = reader_of(path);
        CAPTURE(path);
        CHECK(nflogcap_start(capture.get()) == code);
        check_error(capture, {path});
        check_error(capture, words);
        CHECK(outcome_of_next(capture) == -ENOTCONN);
    };
    refused("/no/such/file", -ENOENT, {"cannot open", "No such file"});
    refused("/tmp", -EISDIR, {"cannot read", "Is a directory"});
    refused("/dev/null", -EBADMSG, {"pcap or pcapng"});
    refused("/proc/self/exe", -EBADMSG, {"pcap or pcapng"});
    for (const FileBytes& whole :
         {PcapFile(linktype_nflog).bytes(),
          PcapFile(linktype_nflog, support::nanoseconds, support::other_endian).bytes(),
          PcapngFile().bytes()}) {
        const TemporaryFile cut{std::span(whole).first(16)};
        refused(cut.path(), -EBADMSG, {"truncated", "its head is damaged or cut off"});
    }
    const TemporaryFile ethernet(PcapFile(support::linktype_ethernet).bytes());
    refused(ethernet.path(), -EINVAL, {"EN10MB (Ethernet)", "NFLOG, RAW, IPV4 or IPV6"});
    const TemporaryFile unknown(PcapFile(9999).bytes());
    refused(unknown.path(), -EINVAL, {"9999"});

    const Handle capture = support::capture_of({});
    CHECK(nflogcap_set_savefile(capture.get(), "") == -EINVAL);
    check_error(capture, {"the path is empty"});
    CHECK(nflogcap_start(capture.get()) == -EINVAL); // still the kernel's, of no group
}

TEST_CASE("with groups only their packets are delivered, and all are counted")
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

TEST_CASE("what is missing in a file is no loss")
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

TEST_CASE("a file of which nothing is valid is read to its end")
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
    constexpr off_t length = 100'000'000'000; // takes up no room, and would be read for minutes
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

TEST_CASE("batches of a file are as long as may be, of one group each")
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

TEST_CASE("a file is always readable; a wake-up and a stop come between its packets")
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

TEST_CASE("a pipe is waited for, packet by packet")
{
    const FileBytes file = three_packets();
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const auto put = [&](std::size_t from, std::size_t to) {
        return write(ends[1], file.data() + from, to - from) == static_cast<ssize_t>(to - from);
    };
    constexpr std::size_t head = 24;
    const std::size_t record = (file.size() - head) / 3;
    REQUIRE(put(0, head));
    const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
    support::start(capture);
    CHECK_FALSE(is_readable(capture));
    CHECK(outcome_of_next(capture, 0) == 0);
    CHECK(outcome_of_next(capture, 10) == 0);

    REQUIRE(put(head, head + 2 * record));
    CHECK(is_readable(capture));
    CHECK(next(capture)->seq == 0);
    CHECK(is_readable(capture));
    CHECK(next(capture)->seq == 1);
    CHECK_FALSE(is_readable(capture));

    nflogcap_wakeup(capture.get());
    CHECK(outcome_of_next(capture, -1) == -ECANCELED);

    REQUIRE(put(head + 2 * record, head + 2 * record + 5));
    CHECK(outcome_of_next(capture, 0) == 0); // although a packet has begun
    CHECK(outcome_of_next(capture, 50) == 0);
    CHECK_FALSE(is_readable(capture));
    REQUIRE(put(head + 2 * record + 5, file.size()));
    CHECK(is_readable(capture));
    CHECK(next(capture)->seq == 2);
    close(ends[1]);
    CHECK(is_readable(capture));
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    close(ends[0]);
}

TEST_CASE("a packet comes out of a pipe with its last byte, in every format")
{
    struct Case {
        FileBytes bytes;
        std::size_t head;
        std::vector<std::size_t> packet_ends;
    };
    const Bytes first = exact_copy(numbered(0).body());
    const Bytes second = exact_copy(full_message().body());
    const auto pcap = [&](auto... kind) {
        const bool is_other = sizeof...(kind) == 2;
        PcapFile file(linktype_nflog, kind...);
        Case made{file.bytes(), file.bytes().size(), {}};
        for (const Bytes& message : {first, second}) {
            file.add(is_other ? in_other_order(message) : message);
            made.packet_ends.push_back(file.bytes().size());
        }
        made.bytes = file.bytes();
        return made;
    };
    const auto pcapng = [&] {
        PcapngFile file;
        Case made{{}, file.bytes().size(), {}};
        file.add_statistics().add_statistics();
        for (const Bytes& message : {first, second}) {
            file.add(message);
            made.packet_ends.push_back(file.bytes().size());
            file.add_statistics();
        }
        made.bytes = file.bytes();
        return made;
    };
    for (const Case& sound :
         {pcap(), pcap(support::microseconds, support::other_endian), pcapng()}) {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        const auto put = [&](std::size_t from, std::size_t to) {
            return write(ends[1], sound.bytes.data() + from, to - from) ==
                   static_cast<ssize_t>(to - from);
        };
        REQUIRE(put(0, sound.head));
        const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
        support::start(capture);
        for (std::size_t at = sound.head; at < sound.bytes.size(); ++at) {
            CAPTURE(at);
            REQUIRE(outcome_of_next(capture) == 0);
            REQUIRE(put(at, at + 1));
            if (std::ranges::count(sound.packet_ends, at + 1) == 1)
                REQUIRE(outcome_of_next(capture) == 1);
        }
        REQUIRE(outcome_of_next(capture) == 0);
        close(ends[1]);
        CHECK(outcome_of_next(capture) == -ENODATA);
        close(ends[0]);
    }
}

TEST_CASE("a pipe whose writer goes in the middle of a packet ends with an error")
{
    const FileBytes whole = PcapngFile().add(numbered(0).body()).add(numbered(1).body()).bytes();
    const std::size_t head = PcapngFile().bytes().size();
    const std::size_t record = (whole.size() - head) / 2;
    for (std::size_t length = head; length < whole.size(); ++length) {
        CAPTURE(length);
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        REQUIRE(write(ends[1], whole.data(), length) == static_cast<ssize_t>(length));
        close(ends[1]);
        const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
        support::start(capture);
        int outcome = 0;
        REQUIRE(support::count_packets(capture, -1, outcome) == (length - head) / record);
        REQUIRE(outcome == ((length - head) % record == 0 ? -ENODATA : -EBADMSG));
        REQUIRE(outcome_of_next(capture) == -ENODATA);
        close(ends[0]);
    }
}

TEST_CASE("an invalid length in a pipe is an error at once, and not waited for")
{
    const Message message = numbered(0);
    for (const std::uint32_t claimed : {262145U, 0x7fffffffU, UINT32_MAX}) {
        const FileBytes file = PcapFile(linktype_nflog)
                                   .add(message.body())
                                   .add_claiming(claimed, claimed, message.body())
                                   .bytes();
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        REQUIRE(write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
        const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
        support::start(capture);
        CHECK(outcome_of_next(capture) == 1);
        CHECK(outcome_of_next(capture) == -EBADMSG);
        check_error(capture, {std::to_string(claimed)});
        CHECK(outcome_of_next(capture) == -ENODATA);
        close(ends[0]);
        close(ends[1]);
    }
}

TEST_CASE("of a pipe all that it holds is read at once")
{
    const FileBytes file = three_packets();
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    REQUIRE(write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
    support::start(capture);
    pollfd pipe_of_file = {ends[0], POLLIN, 0};
    CHECK(poll(&pipe_of_file, 1, 0) == 0);
    for (std::uint32_t seq = 0; seq < 3; ++seq) {
        CHECK(is_readable(capture));
        CHECK(next(capture)->seq == seq);
    }
    CHECK_FALSE(is_readable(capture));
    CHECK(outcome_of_next(capture, 0) == 0);
    close(ends[1]);
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    close(ends[0]);
}

TEST_CASE("a stop ends the wait for a pipe")
{
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const FileBytes head = PcapFile(linktype_nflog).bytes();
    REQUIRE(write(ends[1], head.data(), head.size()) == static_cast<ssize_t>(head.size()));
    const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
    support::start(capture);
    std::thread stopper([&] { nflogcap_stop(capture.get()); });
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    stopper.join();
    close(ends[0]);
    close(ends[1]);
}

TEST_CASE("a signal while a packet of a pipe is waited for tears nothing apart")
{
    struct sigaction ignored_loudly {};
    ignored_loudly.sa_handler = [](int) {}; // without SA_RESTART
    struct sigaction before {};
    REQUIRE(sigaction(SIGALRM, &ignored_loudly, &before) == 0);

    const FileBytes file = PcapFile(linktype_nflog).add(numbered(7).body()).bytes();
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    REQUIRE(write(ends[1], file.data(), file.size() - 3) == static_cast<ssize_t>(file.size() - 3));
    const Handle capture = reader_of("/proc/self/fd/" + std::to_string(ends[0]));
    support::start(capture);
    const pthread_t reader = pthread_self();
    ssize_t written = 0;
    std::thread writer([&] {
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            pthread_kill(reader, SIGALRM);
        }
        written = write(ends[1], file.data() + file.size() - 3, 3);
    });
    const nflogcap_packet* packet = nullptr;
    int outcome = -EINTR;
    while (outcome == -EINTR)
        outcome = nflogcap_next(capture.get(), &packet, -1);
    REQUIRE(outcome == 1);
    CHECK(packet->seq == 7);
    writer.join();
    CHECK(written == 3);
    sigaction(SIGALRM, &before, nullptr);
    close(ends[0]);
    close(ends[1]);
}

TEST_CASE("standard input that another made non-blocking is waited for just the same")
{
    const FileBytes file = PcapFile(linktype_nflog).add(numbered(7).body()).bytes();
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_NONBLOCK) == 0);
    const int input = dup(STDIN_FILENO);
    REQUIRE(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    ssize_t written = 0;
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        written = write(ends[1], file.data(), file.size());
    });
    const Handle capture = reader_of("-");
    support::start(capture);
    CHECK(next(capture)->seq == 7);
    writer.join();
    CHECK(written == static_cast<ssize_t>(file.size()));
    dup2(input, STDIN_FILENO);
    for (const int fd : {input, ends[0], ends[1]})
        close(fd);
}

namespace {

// A FIFO without a reader and without a writer.
class Fifo {
public:
    Fifo()
    {
        REQUIRE(unlink(place_.path().c_str()) == 0);
        REQUIRE(mkfifo(place_.path().c_str(), 0600) == 0);
    }

    [[nodiscard]] std::string path() const { return place_.path(); }

private:
    TemporaryFile place_;
};

// A handler with SA_RESTART, as signal(2) installs it, while it lives.
class OnAlarm {
public:
    explicit OnAlarm(void (*handler)(int)) : before_(std::signal(SIGALRM, handler)) {}
    ~OnAlarm() { std::signal(SIGALRM, before_); }
    OnAlarm(const OnAlarm&) = delete;
    OnAlarm& operator=(const OnAlarm&) = delete;

private:
    void (*before_)(int);
};

std::atomic<nflogcap*> stopped_by_alarm = nullptr;

// Sends the calling thread SIGALRM again and again until it is destroyed.
class Alarms {
public:
    Alarms()
        : thread_([this, target = pthread_self()] {
              while (!is_over_) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(5));
                  pthread_kill(target, SIGALRM);
              }
          })
    {
    }
    ~Alarms()
    {
        is_over_ = true;
        thread_.join();
    }
    Alarms(const Alarms&) = delete;
    Alarms& operator=(const Alarms&) = delete;

private:
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

} // namespace

TEST_CASE("a start waits for a FIFO's writer and header, and reads what comes then")
{
    const Fifo fifo;
    const FileBytes file = three_packets();
    ssize_t written = 0;
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const int fd = open(fifo.path().c_str(), O_WRONLY | O_CLOEXEC);
        written = write(fd, file.data(), 10);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        written += write(fd, file.data() + 10, file.size() - 10);
        close(fd);
    });
    const Handle capture = reader_of(fifo.path());
    support::start(capture);
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 3);
    CHECK(outcome == -ENODATA);
    writer.join();
    CHECK(written == static_cast<ssize_t>(file.size()));
}

TEST_CASE("a stop ends a start that waits for a FIFO's writer, or for its header")
{
    const Fifo fifo;
    const int holder = GENERATE(0, 1) == 0 ? -1 : open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    if (holder >= 0)
        REQUIRE(write(holder, "\x4d\x3c", 2) == 2);
    const Handle capture = reader_of(fifo.path());
    SECTION("from another thread")
    {
        std::thread stopper([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            nflogcap_stop(capture.get());
        });
        CHECK(nflogcap_start(capture.get()) == 0);
        stopper.join();
    }
    SECTION("that came before")
    {
        nflogcap_stop(capture.get());
        CHECK(nflogcap_start(capture.get()) == 0);
    }
    SECTION("from a signal handler")
    {
        stopped_by_alarm = capture.get();
        const OnAlarm on_alarm([](int) { nflogcap_stop(stopped_by_alarm); });
        const Alarms alarms;
        CHECK(nflogcap_start(capture.get()) == 0);
    }
    CHECK(is_readable(capture));
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    close(holder);
}

TEST_CASE("a signal ends a start that waits for a FIFO, and it may be called again")
{
    const Fifo fifo;
    const Handle capture = reader_of(fifo.path());
    {
        const OnAlarm on_alarm([](int) {});
        const Alarms alarms;
        CHECK(nflogcap_start(capture.get()) == -EINTR);
    }
    check_error(capture, {fifo.path(), "Interrupted"});
    const int holder = open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    const FileBytes file = three_packets();
    REQUIRE(write(holder, file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    support::start(capture);
    CHECK(next(capture)->seq == 0);
    close(holder);
}

namespace {

// A pcapng file of one packet, with this many blocks of 60,000 bytes before its interface.
FileBytes with_long_head(std::size_t count)
{
    constexpr std::size_t section_bytes = 28;
    constexpr std::uint32_t block_bytes = 60'000;
    constexpr std::uint32_t unknown_type = 0x0bad;
    FileBytes block(block_bytes);
    std::memcpy(block.data(), &unknown_type, sizeof unknown_type);
    std::memcpy(block.data() + 4, &block_bytes, sizeof block_bytes);
    std::memcpy(block.data() + block_bytes - 4, &block_bytes, sizeof block_bytes);
    FileBytes file = PcapngFile().add(numbered(7).body()).bytes();
    for (std::size_t i = 0; i < count; ++i)
        file.insert(file.begin() + section_bytes, block.begin(), block.end());
    return file;
}

} // namespace

TEST_CASE("a signal that ends a start loses nothing of the header that it has read from a FIFO")
{
    const Fifo fifo;
    FileBytes file;
    SECTION("pcap")
    {
        file = PcapFile(linktype_nflog).add(numbered(7).body()).bytes();
    }
    SECTION("pcapng")
    {
        file = with_long_head(0);
    }
    SECTION("pcapng whose header is longer than what a pipe holds")
    {
        file = with_long_head(3);
    }
    const std::size_t part = std::max<std::size_t>(file.size() / 20, 1);
    const Handle capture = reader_of(fifo.path());
    const OnAlarm on_alarm([](int) {});
    int interrupted = 0;
    int code = -EINTR;
    const int holder = open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    std::size_t written = 0;
    {
        const Alarms alarms;
        while (code == -EINTR && interrupted < 1000) {
            const std::size_t size = std::min(part, file.size() - written);
            REQUIRE(write(holder, file.data() + written, size) == static_cast<ssize_t>(size));
            written += size;
            code = nflogcap_start(capture.get());
            interrupted += code == -EINTR ? 1 : 0;
        }
    }
    INFO(nflogcap_error(capture.get()));
    REQUIRE(code == 0);
    CHECK(interrupted > 1);
    while (written < file.size()) {
        const ssize_t n = write(holder, file.data() + written, file.size() - written);
        REQUIRE(n > 0);
        written += static_cast<std::size_t>(n);
    }
    CHECK(next(capture)->seq == 7);
    close(holder);
}

TEST_CASE("a start after an interrupted one reads the savefile that is set by then")
{
    const Fifo fifo;
    const int holder = open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(write(holder, "\x4d\x3c", 2) == 2);
    const Handle capture = reader_of(fifo.path());
    {
        const OnAlarm on_alarm([](int) {});
        const Alarms alarms;
        CHECK(nflogcap_start(capture.get()) == -EINTR);
    }
    const TemporaryFile other(three_packets());
    REQUIRE(nflogcap_set_savefile(capture.get(), other.path().c_str()) == 0);
    support::start(capture);
    CHECK(next(capture)->seq == 0);
    close(holder);
}

TEST_CASE("the header of a savefile in a pipe may have up to 32 MiB")
{
    const Fifo fifo;
    const auto [blocks, expected] =
        GENERATE(table<std::size_t, int>({{500, 0}, {600, -EFBIG}})); // of 60,000 bytes
    const FileBytes file = with_long_head(blocks);
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    std::thread writer([&] {
        const int fd = open(fifo.path().c_str(), O_WRONLY | O_CLOEXEC);
        for (std::size_t written = 0; written < file.size();) {
            const ssize_t n = write(fd, file.data() + written, file.size() - written);
            if (n < 0)
                break;
            written += static_cast<std::size_t>(n);
        }
        close(fd);
    });
    Handle capture = reader_of(fifo.path());
    CHECK(nflogcap_start(capture.get()) == expected);
    if (expected == 0)
        CHECK(next(capture)->seq == 7);
    else
        check_error(capture, {fifo.path(), "File too large"});
    capture.reset(); // ends the writer
    writer.join();
    std::signal(SIGPIPE, before);
}

TEST_CASE("a wake-up during a start that waits for a FIFO is for the next call of next")
{
    const Fifo fifo;
    const Handle capture = reader_of(fifo.path());
    const FileBytes file = three_packets();
    ssize_t written = 0;
    std::thread other([&] {
        nflogcap_wakeup(capture.get());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const int fd = open(fifo.path().c_str(), O_WRONLY | O_CLOEXEC);
        written = write(fd, file.data(), file.size());
        close(fd);
    });
    support::start(capture);
    other.join();
    CHECK(written == static_cast<ssize_t>(file.size()));
    CHECK(is_readable(capture));
    CHECK(outcome_of_next(capture, -1) == -ECANCELED);
    CHECK(next(capture)->seq == 0);
}
