// SPDX-License-Identifier: GPL-2.0-or-later
// Savefiles that are written as pcapng.
#include "message_builder.hpp"
#include "other_process.hpp"
#include "packets.hpp"
#include "pcapng_blocks.hpp"
#include "savefile.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <vector>

using support::Dump;
using support::dump_options;
using support::dump_to;
using support::FileBytes;
using support::PcapFile;
using support::pcapng_blocks;
using support::PcapngBlock;
using support::TemporaryFile;
using support::types_of;
using synthetic::bytes;
using synthetic::Message;
using synthetic::numbered;
using synthetic::text;

namespace {

// Options of pcapng.
constexpr std::uint16_t comment = 1;
constexpr std::uint16_t name = 2;
constexpr std::uint16_t os = 3;
constexpr std::uint16_t program = 4;
constexpr std::uint16_t resolution = 9;
constexpr std::uint16_t flags = 2;
constexpr std::uint16_t dropped = 4;
constexpr std::uint16_t received_in_all = 4;
constexpr std::uint16_t dropped_in_all = 5;

constexpr std::uint32_t inbound = 1;
constexpr std::uint32_t outbound = 2;

const synthetic::Bytes ip_packet =
    bytes({0x45, 0, 0, 99, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2});

Message ip_message(std::uint8_t hook, std::uint16_t group = 5)
{
    Message message(group);
    message.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, hook, 0}));
    return message;
}

nflogcap_dump_options pcapng(std::uint32_t link_type)
{
    return dump_options(link_type, NFLOGCAP_FORMAT_PCAPNG);
}

Packets packets_of(std::initializer_list<Message> messages)
{
    PcapFile file(support::linktype_nflog);
    std::uint32_t second = 1;
    for (const Message& message : messages)
        file.add(message.body(), second++, 7);
    return Packets(file.bytes());
}

// The blocks of a file with these packets, after it was closed.
std::vector<PcapngBlock> written(const Packets& packets, const nflogcap_dump_options& options)
{
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), options);
    for (const nflogcap_packet* packet : packets)
        REQUIRE(nflogcap_dump_packet(dump.get(), packet) == 0);
    REQUIRE(nflogcap_dump_close(dump.release()) == 0);
    return pcapng_blocks(file.bytes());
}

nflogcap_packet losing(const nflogcap_packet* packet, std::uint64_t lost)
{
    nflogcap_packet copy = *packet;
    copy.lost_before = lost;
    return copy;
}

void write_to(const Dump& dump, const nflogcap_packet& packet)
{
    REQUIRE(nflogcap_dump_packet(dump.get(), &packet) == 0);
}

} // namespace

TEST_CASE("a pcapng file names the machine and the program, and its times have nanoseconds")
{
    const Packets packets(PcapFile(support::linktype_nflog)
                              .add(numbered(0).body(), 1'700'000'000, 123'456'789)
                              .bytes());
    const std::vector<PcapngBlock> blocks = written(packets, pcapng(NFLOGCAP_LINKTYPE_NFLOG));
    REQUIRE(types_of(blocks) == "SIPC");
    utsname machine{};
    uname(&machine);
    CHECK(blocks[0].field(0) == 0x1a2b3c4d);
    CHECK(blocks[0].option(name) == machine.machine); // the hardware, in a section
    CHECK(blocks[0].option(os) == std::string(machine.sysname) + ' ' + machine.release);
    CHECK(blocks[0].option(program) == "nflogcap " + std::string(nflogcap_version()));

    CHECK(blocks[1].field(0) == NFLOGCAP_LINKTYPE_NFLOG);
    CHECK(blocks[1].field(4) == 262144);
    CHECK(blocks[1].number_option(resolution) == 9);

    CHECK(blocks[2].field(0) == 0);
    CHECK(blocks[2].time_ns(4) == 1'700'000'000'123'456'789);
    CHECK(blocks[2].field(16) == packets.front()->message_length);
    const Message message = numbered(0);
    CHECK(blocks[2].content() == FileBytes(message.body().begin(), message.body().end()));
    CHECK_FALSE(blocks[2].has_option(comment)); // the message has all

    CHECK(blocks[3].time_ns(4) == 1'700'000'000'123'456'789);
    CHECK(blocks[3].number_option(received_in_all) == 1);
    CHECK(blocks[3].number_option(dropped_in_all) == 0);
}

TEST_CASE("each device is an interface with its name, and each group has one without a name")
{
    const Packets packets = packets_of({
        ip_message(0).put_be32(NFULA_IFINDEX_INDEV, 3),
        ip_message(3).put_be32(NFULA_IFINDEX_OUTDEV, 4),
        ip_message(2).put_be32(NFULA_IFINDEX_OUTDEV, 4).put_be32(NFULA_IFINDEX_INDEV, 3),
        ip_message(3, 6),
        ip_message(3, 7),
        ip_message(0).put_be32(NFULA_IFINDEX_PHYSINDEV, 9),
        ip_message(4).put_be32(NFULA_IFINDEX_PHYSOUTDEV, 9),
        ip_message(3, 6),
    });
    nflogcap_dump_options options = pcapng(NFLOGCAP_LINKTYPE_NFLOG);
    int asked = 0;
    options.context = &asked;
    options.interface_name = [](void* context, std::uint32_t index) -> const char* {
        ++*static_cast<int*>(context);
        return index == 3 ? "eth\x1b\xff" : nullptr;
    };
    const std::vector<PcapngBlock> blocks = written(packets, options);
    CHECK(types_of(blocks) == "SIPIPPIPIPIPPPCCCCC");
    std::vector<std::string> names;
    std::vector<std::uint32_t> interfaces;
    std::vector<std::uint64_t> counts;
    for (const PcapngBlock& block : blocks) {
        if (block.type() == PcapngBlock::interface)
            names.push_back(block.option(name));
        if (block.type() == PcapngBlock::packet)
            interfaces.push_back(block.field(0));
        if (block.type() == PcapngBlock::statistics)
            counts.push_back(block.number_option(received_in_all));
    }
    CHECK(names == std::vector<std::string>{R"(eth\x1b\xff)", "#4", "group 6", "group 7", "#9"});
    CHECK(interfaces == std::vector<std::uint32_t>{0, 1, 0, 2, 3, 4, 4, 2});
    CHECK(counts == std::vector<std::uint64_t>{2, 1, 2, 1, 2});
    CHECK(asked == 3); // once for each device
}

TEST_CASE("the direction of a packet follows from its hook")
{
    struct {
        std::uint8_t family;
        std::uint8_t hook;
        std::uint64_t direction;
    } const cases[] = {
        {NFPROTO_IPV4, 0, inbound},  {NFPROTO_IPV6, 1, inbound},    {NFPROTO_IPV4, 2, 0},
        {NFPROTO_IPV4, 3, outbound}, {NFPROTO_BRIDGE, 4, outbound}, {NFPROTO_IPV4, 5, inbound},
        {NFPROTO_IPV4, 6, 0},        {NFPROTO_ARP, 0, inbound},     {NFPROTO_ARP, 1, outbound},
        {NFPROTO_ARP, 2, 0},         {NFPROTO_NETDEV, 0, inbound},  {NFPROTO_NETDEV, 1, outbound},
        {NFPROTO_NETDEV, 2, 0},
    };
    for (const auto& [family, hook, direction] : cases) {
        CAPTURE(family, hook);
        Message message(5, family);
        message.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, hook, 0}))
            .put_be32(NFULA_IFINDEX_INDEV, 3)
            .put_be32(NFULA_IFINDEX_OUTDEV, 3);
        const auto blocks = written(packets_of({message}), pcapng(NFLOGCAP_LINKTYPE_NFLOG));
        CHECK(blocks[2].number_option(flags) == direction);
        CHECK(blocks[2].has_option(flags) == (direction != 0));
    }
    const Packets without_hook(PcapFile(support::linktype_raw).add(ip_packet).bytes());
    CHECK_FALSE(written(without_hook, pcapng(NFLOGCAP_LINKTYPE_RAW))[2].has_option(flags));
}

TEST_CASE("a comment has the data that an IP packet or a frame cannot hold")
{
    const Packets packets = packets_of({
        ip_message(3)
            .put(NFULA_PREFIX, text(std::string_view("a \"b\" \xff\n: \0", 11)))
            .put_be32(NFULA_MARK, 7)
            .put_be32(NFULA_UID, 1000)
            .put_be32(NFULA_GID, 0)
            .put_be32(NFULA_IFINDEX_OUTDEV, 3)
            .put(NFULA_PAYLOAD, ip_packet),
        ip_message(0, 6)
            .put(NFULA_PREFIX, text(std::string_view("\0", 1)))
            .put_be32(NFULA_IFINDEX_INDEV, 4)
            .put_be32(NFULA_IFINDEX_OUTDEV, 3)
            .put(NFULA_PAYLOAD, ip_packet),
    });
    for (const std::uint32_t type :
         {std::uint32_t{NFLOGCAP_LINKTYPE_RAW}, std::uint32_t{NFLOGCAP_LINKTYPE_ETHERNET}}) {
        nflogcap_dump_options options = pcapng(type);
        options.interface_name = [](void*, std::uint32_t index) -> const char* {
            return index == 3 ? "eth0" : nullptr;
        };
        const auto blocks = written(packets, options);
        const bool is_raw = type == NFLOGCAP_LINKTYPE_RAW;
        REQUIRE(types_of(blocks) == (is_raw ? "SIPPC" : "SIPIPCC"));
        CHECK(blocks[2].option(comment) ==
              R"(group=5 out=eth0 mark=7 uid=1000 gid=0 prefix="a \"b\" \xff\x0a: ")");
        CHECK(blocks[is_raw ? 3 : 4].option(comment) == "group=6 in=#4 out=eth0");
        const std::uint32_t header = is_raw ? 0 : 14;
        CHECK(blocks[2].content().size() == ip_packet.size() + header);
        CHECK(blocks[2].field(16) == 99 + header); // the length on the wire
    }
}

TEST_CASE("a comment that is too long is cut between characters, and the packet is complete")
{
    const std::string before = R"(group=5 prefix=")";
    for (const std::size_t shift : {30U, 31U, 32U}) {
        std::string prefix(shift, 'x');
        while (prefix.size() < shift + 65'490)
            prefix += "\xe2\x82\xac"; // one character
        prefix += '\0';
        const Packets packets = packets_of(
            {ip_message(3).put(NFULA_PREFIX, text(prefix)).put(NFULA_PAYLOAD, ip_packet)});
        const auto blocks = written(packets, pcapng(NFLOGCAP_LINKTYPE_RAW));
        const std::string cut = blocks[2].option(comment);
        CHECK(cut.size() <= 65'535);
        CHECK(cut.size() > 65'535 - 3);
        CHECK(cut == before + prefix.substr(0, cut.size() - before.size()));
        CHECK((cut.size() - before.size() - shift) % 3 == 0);
        CHECK(blocks[2].content() == ip_packet);
    }
}

TEST_CASE("a pcapng file of IP packets has one interface, which libpcap reads")
{
    const Packets packets = packets_of({
        ip_message(0).put_be32(NFULA_IFINDEX_INDEV, 3).put(NFULA_PAYLOAD, ip_packet),
        ip_message(0).put_be32(NFULA_IFINDEX_INDEV, 4).put(NFULA_PAYLOAD, ip_packet),
    });
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), pcapng(NFLOGCAP_LINKTYPE_RAW));
    CHECK(types_of(pcapng_blocks(file.bytes())) == "SI"); // at once
    for (const nflogcap_packet* packet : packets)
        write_to(dump, *packet);
    REQUIRE(nflogcap_dump_close(dump.release()) == 0);
    const auto blocks = pcapng_blocks(file.bytes());
    CHECK(types_of(blocks) == "SIPPC");
    CHECK(blocks[1].option(name) == "nflog");
    CHECK(blocks[4].number_option(received_in_all) == 2);
    const Packets again(file.bytes());
    CHECK(std::distance(again.begin(), again.end()) == 2);
}

TEST_CASE("a packet has the number of packets lost before it, and so do the interface's counters")
{
    const Packets packets =
        packets_of({ip_message(0).put_be32(NFULA_IFINDEX_INDEV, 3).put(NFULA_PAYLOAD, ip_packet),
                    ip_message(3).put_be32(NFULA_IFINDEX_OUTDEV, 4).put(NFULA_PAYLOAD, ip_packet),
                    Message().put(NFULA_PAYLOAD, bytes({0, 0}))}); // no frame can hold it
    const std::vector<const nflogcap_packet*> all(packets.begin(), packets.end());
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), pcapng(NFLOGCAP_LINKTYPE_ETHERNET));
    write_to(dump, *all[0]);
    write_to(dump, losing(all[0], 5));
    const nflogcap_packet skipped = losing(all[2], 20);
    CHECK(nflogcap_dump_packet(dump.get(), &skipped) == 1);
    write_to(dump, losing(all[1], 3));
    write_to(dump, losing(all[1], 0));
    REQUIRE(nflogcap_dump_close(dump.release()) == 0);
    const auto blocks = pcapng_blocks(file.bytes());
    REQUIRE(types_of(blocks) == "SIPPIPPCC");
    std::vector<std::uint64_t> lost;
    for (const PcapngBlock& block : blocks) {
        if (block.type() == PcapngBlock::packet)
            lost.push_back(block.number_option(dropped));
    }
    CHECK(lost == std::vector<std::uint64_t>{0, 5, 23, 0});
    CHECK(blocks[7].number_option(received_in_all) == 7);
    CHECK(blocks[7].number_option(dropped_in_all) == 5);
    CHECK(blocks[8].number_option(received_in_all) == 25);
    CHECK(blocks[8].number_option(dropped_in_all) == 23);
}

TEST_CASE("the path selects the format, unless the options do")
{
    const TemporaryFile place;
    const std::string path = place.path() + ".pcapng";
    const auto magic = [&](std::uint32_t format) {
        dump_to(path, dump_options(0, format)).reset();
        std::ifstream file(path, std::ios::binary);
        std::uint32_t first = 0;
        file.read(reinterpret_cast<char*>(&first), sizeof first);
        return first;
    };
    CHECK(magic(0) == PcapngBlock::section);
    CHECK(magic(NFLOGCAP_FORMAT_PCAP) == support::nanoseconds);
    CHECK(magic(NFLOGCAP_FORMAT_PCAPNG) == PcapngBlock::section);
    unlink(path.c_str());
}

TEST_CASE("an unknown format is refused, and the file is not changed")
{
    const TemporaryFile file(bytes({1, 2, 3}));
    const nflogcap_dump_options unknown = dump_options(0, 3);
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> words{};
    CHECK(nflogcap_dump_open(&dump, file.path().c_str(), &unknown, sizeof unknown, words.data(),
                             words.size()) == -EINVAL);
    check_words(words.data(), {"format 3", "pcap or pcapng"});
    CHECK(file.bytes() == bytes({1, 2, 3}));
}

TEST_CASE("a pcapng file reads back as written, also an empty one")
{
    const Packets packets = packets_of({numbered(0), synthetic::full_message()});
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), pcapng(NFLOGCAP_LINKTYPE_NFLOG));
    SECTION("two packets")
    {
        for (const nflogcap_packet* packet : packets)
            write_to(dump, *packet);
        const std::int64_t position = nflogcap_dump_position(dump.get());
        REQUIRE(nflogcap_dump_flush(dump.get()) == 0);
        CHECK(file.bytes().size() == static_cast<std::size_t>(position));
        REQUIRE(nflogcap_dump_close(dump.release()) == 0);
        const Packets again(file.bytes());
        auto expected = packets.begin();
        for (const nflogcap_packet* packet : again) {
            REQUIRE(expected != packets.end());
            CHECK(packet->timestamp_ns == (*expected)->timestamp_ns);
            CHECK(std::string(reinterpret_cast<const char*>(packet->message),
                              packet->message_length) ==
                  std::string(reinterpret_cast<const char*>((*expected)->message),
                              (*expected)->message_length));
            ++expected;
        }
        CHECK(expected == packets.end());
    }
    SECTION("none")
    {
        REQUIRE(nflogcap_dump_close(dump.release()) == 0);
        CHECK(types_of(pcapng_blocks(file.bytes())) == "SI");
        const Packets again(file.bytes());
        CHECK(again.begin() == again.end());
    }
}

TEST_CASE(
    "a pcapng file at its size limit ends with a complete block, and continues when it may grow")
{
    const Packets packets = packets_of({ip_message(0).put(NFULA_PAYLOAD, ip_packet)});
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), pcapng(NFLOGCAP_LINKTYPE_RAW));
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit low = {file.bytes().size() + 1000, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &low) == 0);
    std::uint64_t taken = 0;
    while (nflogcap_dump_packet(dump.get(), packets.front()) == 0)
        ++taken;
    const auto cut = pcapng_blocks(file.bytes());
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, signal_before);
    CHECK(cut.size() > 5);
    CHECK(nflogcap_dump_written(dump.get()) == static_cast<std::int64_t>(cut.size() - 2));

    CHECK(nflogcap_dump_close(dump.release()) == 0);
    const auto blocks = pcapng_blocks(file.bytes());
    CHECK(types_of(blocks) == "SI" + std::string(taken, 'P') + 'C');
    CHECK(blocks.back().number_option(received_in_all) == taken);
}

TEST_CASE("a process that takes over a pcapng file begins a section if it does not know the file")
{
    const Packets packets = packets_of({ip_message(0), ip_message(0, 6)});
    const nflogcap_packet& of_group_5 = *packets.front();
    const nflogcap_packet& of_group_6 = **std::next(packets.begin());
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), pcapng(NFLOGCAP_LINKTYPE_NFLOG));
    write_to(dump, of_group_5);
    SECTION("it knows all that the other has written")
    {
        {
            const support::OtherProcess other([&] {
                nflogcap_dump_take_over(dump.get());
                nflogcap_dump_flush(dump.get());
            });
        }
        write_to(dump, of_group_5);
        CHECK(nflogcap_dump_close(dump.release()) == 0);
        const auto blocks = pcapng_blocks(file.bytes());
        CHECK(types_of(blocks) == "SIPPC");
        CHECK(blocks.back().number_option(received_in_all) == 2);
    }
    SECTION("the other has written more")
    {
        {
            const support::OtherProcess other([&] {
                nflogcap_dump_take_over(dump.get());
                nflogcap_dump_packet(dump.get(), &of_group_6);
                nflogcap_dump_flush(dump.get());
            });
        }
        write_to(dump, of_group_6);
        CHECK(nflogcap_dump_close(dump.release()) == 0);
        const auto blocks = pcapng_blocks(file.bytes());
        CHECK(types_of(blocks) == "SIPIPSIPC");
        CHECK(blocks[6].option(name) == "group 6");
        CHECK(blocks[7].field(0) == 0);
        CHECK(blocks[8].number_option(received_in_all) == 1);
    }
    SECTION("the other has closed it, and nothing is added")
    {
        {
            const support::OtherProcess other([&] {
                nflogcap_dump_take_over(dump.get());
                nflogcap_dump_close(dump.release());
            });
        }
        CHECK(nflogcap_dump_close(dump.release()) == 0);
        CHECK(types_of(pcapng_blocks(file.bytes())) == "SIPC");
    }
}

TEST_CASE("a pcapng file of IP packets that is taken over needs no new section")
{
    const Packets packets = packets_of({ip_message(0).put(NFULA_PAYLOAD, ip_packet)});
    const TemporaryFile file;
    Dump dump = dump_to(file.path(), pcapng(NFLOGCAP_LINKTYPE_RAW));
    {
        const support::OtherProcess other([&] {
            nflogcap_dump_take_over(dump.get());
            nflogcap_dump_packet(dump.get(), packets.front());
            nflogcap_dump_flush(dump.get());
        });
    }
    write_to(dump, *packets.front());
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    const auto blocks = pcapng_blocks(file.bytes());
    CHECK(types_of(blocks) == "SIPPC");
    CHECK(blocks.back().number_option(received_in_all) == 1);
}
