// SPDX-License-Identifier: GPL-2.0-or-later
// The packets that result from a savefile's records.
#include "message_builder.hpp"
#include "savefile_reading.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

using support::Handle;
using support::in_other_order;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::TemporaryFile;
using synthetic::bytes;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::numbered;

namespace {

// Whether the files differ only in their heads.
bool same_records(const support::FileBytes& written, const PcapFile& file)
{
    const auto records = [](const support::FileBytes& bytes) {
        constexpr std::size_t head = 24;
        return std::span(bytes).subspan(std::min(head, bytes.size()));
    };
    return std::ranges::equal(records(written), records(file.bytes()));
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
    CHECK(nflogcap_host_name(capture.get()) == nullptr);
    CHECK(outcome_of_next(capture) == -ENODATA);
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
}

TEST_CASE("the record's time replaces the kernel's, which remains as an attribute")
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

TEST_CASE("a packet without a kernel time has the time of its record, in any format")
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

TEST_CASE("a packet from a file of IP packets has its payload and the fields derived from it")
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

TEST_CASE("a file of Ethernet frames can be written with IP packets and read, and vice versa")
{
    const Bytes ip = bytes({0x45, 0, 0, 7, 1, 2, 3});
    Bytes frame = bytes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00});
    frame.insert(frame.end(), ip.begin(), ip.end());
    const auto converted = [](const PcapFile& file, std::uint32_t link_type) {
        const TemporaryFile from(file.bytes());
        const TemporaryFile to;
        const Handle capture = reading(from);
        {
            const support::Dump dump = support::dump_to(to.path(), link_type);
            REQUIRE(nflogcap_dump_packet(dump.get(), next(capture)) == 0);
        }
        return to.bytes();
    };
    const PcapFile ethernet = PcapFile(support::linktype_ethernet).add(frame, 7, 8);
    const PcapFile raw = PcapFile(support::linktype_raw).add(ip, 7, 8);
    CHECK(same_records(converted(ethernet, support::linktype_ethernet), ethernet));
    CHECK(same_records(converted(ethernet, support::linktype_raw), raw));
    Bytes without_addresses = frame;
    std::fill_n(without_addresses.begin(), 12, std::byte{0});
    CHECK(same_records(converted(raw, support::linktype_ethernet),
                       PcapFile(support::linktype_ethernet).add(without_addresses, 7, 8)));
}

TEST_CASE("pcapng files of frames and of IP packets are read too")
{
    const Bytes frame =
        bytes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00, 0x45, 0, 0, 6, 7, 8});
    const TemporaryFile ethernet(PcapngFile(support::linktype_ethernet).add(frame).bytes());
    const Handle capture = reading(ethernet);
    const nflogcap_packet* packet = next(capture);
    CHECK(packet->hw_protocol == 0x0800);
    CHECK(packet->payload_length == 6);
    std::array<std::uint8_t, 64> again{};
    CHECK(nflogcap_packet_frame(packet, again.data(), again.size()) == 20);
    CHECK(std::memcmp(again.data(), frame.data(), frame.size()) == 0);

    const TemporaryFile raw(
        PcapngFile(support::linktype_raw).add(bytes({0x45, 0, 0, 8, 1, 2, 3, 4})).bytes());
    CHECK(next(reading(raw))->wire_length == 8);
}

TEST_CASE("a frame that is shorter than an Ethernet header is malformed, and the next is read")
{
    const Bytes frame = bytes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xb5});
    const TemporaryFile file(
        PcapFile(support::linktype_ethernet).add(std::span(frame).first(13)).add(frame).bytes());
    const Handle capture = reading(file);
    CHECK(next(capture)->hw_protocol == 0x88b5);
    CHECK(outcome_of_next(capture) == -ENODATA);
    CHECK(support::stats_of(capture).malformed == 1);
}

TEST_CASE("the longest possible record is read")
{
    Message message = full_message();
    Bytes longest = exact_copy(message.body());
    longest.resize(262144); // malformed, since no attribute is so long
    const TemporaryFile file(PcapFile(linktype_nflog).add(longest).add(numbered(1).body()).bytes());
    const Handle capture = reading(file);
    CHECK(next(capture)->seq == 1);
    CHECK(support::stats_of(capture).malformed == 1);
}

TEST_CASE("an invalid record affects no other packet")
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
    // A message may end after complete attributes.
    CHECK(packets + stats.malformed == 2 * bad);
    CHECK(packets >= bad);
    CHECK(packets <= bad + 4);
    CHECK(stats.received == packets);
    CHECK(stats.lost == 0);
}
