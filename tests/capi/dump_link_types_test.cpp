// SPDX-License-Identifier: GPL-2.0-or-later
// Savefiles of the link types that other programs read.
#include "message_builder.hpp"
#include "packets.hpp"
#include "savefile.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <cstring>

using support::Dump;
using support::dump_to;
using support::FileBytes;
using support::PcapFile;
using support::TemporaryFile;
using synthetic::bytes;
using synthetic::Message;

namespace {

constexpr std::size_t head = 24;

// An IPv4 packet that was cut after its header, with a time in the second after the epoch.
const synthetic::Bytes ip_packet =
    bytes({0x45, 0, 0, 99, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2});

// That packet, and one of ARP.
Packets ip_and_arp()
{
    Message ip;
    ip.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, 1, 0})).put(NFULA_PAYLOAD, ip_packet);
    Message arp(5, NFPROTO_ARP);
    arp.put(NFULA_PACKET_HDR, bytes({0x08, 0x06, 0, 0})).put(NFULA_PAYLOAD, bytes({0, 1, 8, 0}));
    return Packets(
        PcapFile(support::linktype_nflog).add(ip.body(), 1, 7).add(arp.body(), 2, 8).bytes());
}

int open_with(const std::string& path, const void* options, std::size_t size,
              std::span<char> words = {})
{
    nflogcap_dump* dump = nullptr;
    const int code =
        nflogcap_dump_open(&dump, path.c_str(), static_cast<const nflogcap_dump_options*>(options),
                           size, words.data(), words.size());
    nflogcap_dump_close(dump);
    return code;
}

std::uint32_t link_type_of(const FileBytes& file)
{
    constexpr std::size_t at = 20;
    std::uint32_t type = 0;
    REQUIRE(file.size() >= head);
    std::memcpy(&type, file.data() + at, sizeof type);
    return type;
}

} // namespace

TEST_CASE("a file of RAW has IP packets with their length, and skips and counts all others")
{
    const Packets packets = ip_and_arp();
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), NFLOGCAP_LINKTYPE_RAW);
    std::vector<int> outcomes;
    for (const nflogcap_packet* packet : packets)
        outcomes.push_back(nflogcap_dump_packet(dump.get(), packet));
    CHECK(outcomes == std::vector<int>{0, 1});
    CHECK(nflogcap_dump_position(dump.get()) ==
          static_cast<std::int64_t>(head + 16 + ip_packet.size()));
    CHECK(nflogcap_dump_written(dump.get()) == 0);
    CHECK(nflogcap_dump_skipped(dump.get()) == 1);
    CHECK(std::string(nflogcap_dump_error(dump.get())).empty());
    CHECK(nflogcap_dump_flush(dump.get()) == 0);
    CHECK(nflogcap_dump_written(dump.get()) == 1);
    CHECK(nflogcap_dump_skipped(dump.get()) == 1);
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    CHECK(file.bytes() ==
          PcapFile(support::linktype_raw).add_claiming(20, 99, ip_packet, 1, 7).bytes());

    const Packets again(file.bytes());
    CHECK(again.front()->payload_length == 20);
    CHECK(again.front()->wire_length == 99);
    CHECK(again.front()->timestamp_ns == 1'000'000'007);
}

TEST_CASE("a file of Ethernet has frames with their length")
{
    const Packets packets = ip_and_arp();
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), NFLOGCAP_LINKTYPE_ETHERNET);
    for (const nflogcap_packet* packet : packets)
        CHECK(nflogcap_dump_packet(dump.get(), packet) == 0);
    CHECK(nflogcap_dump_skipped(dump.get()) == 0);
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    synthetic::Bytes ip(12);
    const auto ip_type = bytes({0x08, 0x00});
    ip.insert(ip.end(), ip_type.begin(), ip_type.end());
    ip.insert(ip.end(), ip_packet.begin(), ip_packet.end());
    const auto arp = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x06, 0, 1, 8, 0});
    CHECK(file.bytes() == PcapFile(support::linktype_ethernet)
                              .add_claiming(34, 14 + 99, ip, 1, 7)
                              .add(arp, 2, 8)
                              .bytes());
}

TEST_CASE("the default format of a savefile is NFLOG, and a member of 0 selects it too")
{
    const TemporaryFile file;
    constexpr nflogcap_dump_options none{};
    CHECK(open_with(file.path(), nullptr, 0) == 0);
    CHECK(link_type_of(file.bytes()) == NFLOGCAP_LINKTYPE_NFLOG);
    CHECK(open_with(file.path(), &none, sizeof none) == 0);
    CHECK(link_type_of(file.bytes()) == NFLOGCAP_LINKTYPE_NFLOG);
}

TEST_CASE("options of another release are accepted if this library knows every member that is set")
{
    const TemporaryFile file;
    struct {
        nflogcap_dump_options known;
        std::uint64_t unknown;
    } later = {support::dump_options(NFLOGCAP_LINKTYPE_RAW), 0};
    CHECK(open_with(file.path(), &later, sizeof later) == 0);
    CHECK(open_with(file.path(), &later, sizeof later.known.link_type) == 0);
    const FileBytes before = file.bytes();
    CHECK(link_type_of(before) == NFLOGCAP_LINKTYPE_RAW);

    std::array<char, NFLOGCAP_ERROR_SIZE> words{};
    later.unknown = 1;
    CHECK(open_with(file.path(), &later, sizeof later, words) == -EINVAL);
    check_words(words.data(), {"options of " + std::to_string(sizeof later) + " bytes",
                               "this library does not know"});
    later = {support::dump_options(NFLOGCAP_LINKTYPE_RAW), 0};
    later.known.reserved = 1;
    CHECK(open_with(file.path(), &later.known, sizeof later.known) == -EINVAL);
    CHECK(open_with(file.path(), &later, sizeof(std::uint32_t) - 1) == -EINVAL);
    CHECK(file.bytes() == before);
}

TEST_CASE("an unknown link type is refused, and the file is not changed")
{
    const TemporaryFile file(bytes({1, 2, 3}));
    const nflogcap_dump_options unknown = support::dump_options(147);
    std::array<char, NFLOGCAP_ERROR_SIZE> words{};
    CHECK(open_with(file.path(), &unknown, sizeof unknown, words) == -EINVAL);
    check_words(words.data(), {"link type 147", "nflog, raw or ethernet"});
    CHECK(file.bytes() == bytes({1, 2, 3}));
}

TEST_CASE("a link type is found by its name in any case, and by its number")
{
    const auto find = [](const char* name) { return nflogcap_find_link_type(name, nullptr, 0); };
    CHECK(find("nflog") == NFLOGCAP_LINKTYPE_NFLOG);
    CHECK(find("raw") == NFLOGCAP_LINKTYPE_RAW);
    CHECK(find("RAW") == NFLOGCAP_LINKTYPE_RAW);
    CHECK(find("Ethernet") == NFLOGCAP_LINKTYPE_ETHERNET);
    CHECK(find("101") == NFLOGCAP_LINKTYPE_RAW);
    for (const char* wrong : {"", "ra", "raw ", "0", "+1", "01", "1x", "239 "}) {
        CAPTURE(wrong);
        CHECK(find(wrong) == -EINVAL);
    }
    std::array<char, NFLOGCAP_ERROR_SIZE> words{};
    CHECK(nflogcap_find_link_type("en\x1b", words.data(), words.size()) == -EINVAL);
    check_words(words.data(), {R"('en\x1b')", "nflog, raw or ethernet"});
}

TEST_CASE("skipped packets take no space in the file")
{
    const Packets packets = ip_and_arp();
    const nflogcap_packet* const arp = *std::next(packets.begin());
    CHECK(nflogcap_dump_skipped(nullptr) == -EINVAL);
    const Dump dump = dump_to("/dev/null", NFLOGCAP_LINKTYPE_RAW);
    for (int i = 0; i < 3; ++i)
        CHECK(nflogcap_dump_packet(dump.get(), arp) == 1);
    CHECK(nflogcap_dump_skipped(dump.get()) == 3);
    CHECK(nflogcap_dump_position(dump.get()) == head);
}
