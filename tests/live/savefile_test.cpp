// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of the real kernel are written to a savefile and read again.
#include "savefile.hpp"

#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <cerrno>
#include <cstdlib>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <vector>

using support::Dump;
using support::dump_to;
using support::Family;
using support::Handle;
using support::Namespace;
using support::nft;
using support::reader_of;
using support::Sender;
using support::TemporaryFile;

namespace {

struct Kept {
    std::vector<std::uint8_t> message;
    std::uint64_t present;
    std::uint64_t timestamp_ns;
    std::uint32_t wire_length;

    bool operator==(const Kept&) const = default;
};

// Reads the remaining packets of a capture, and writes them to the dump if there is one.
std::vector<Kept> read_all(const Handle& capture, nflogcap_dump* dump = nullptr)
{
    std::vector<Kept> kept;
    const nflogcap_packet* packet = nullptr;
    int outcome = 0;
    while ((outcome = nflogcap_next(capture.get(), &packet, -1)) == 1) {
        kept.push_back({{packet->message, packet->message + packet->message_length},
                        packet->present,
                        packet->timestamp_ns,
                        packet->wire_length});
        if (dump != nullptr)
            REQUIRE(nflogcap_dump_packet(dump, packet) == 0);
    }
    CHECK(outcome == -ENODATA);
    return kept;
}

// A small file system that is visible only to this process.
class SmallDisk {
public:
    explicit SmallDisk(const std::string& size)
    {
        REQUIRE(unshare(CLONE_NEWNS) == 0);
        REQUIRE(mkdtemp(path_.data()) != nullptr);
        REQUIRE(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        REQUIRE(mount("tmpfs", path_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0);
    }
    ~SmallDisk()
    {
        umount(path_.c_str());
        rmdir(path_.c_str());
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_ = "/tmp/nflogcap-test-XXXXXX";
};

} // namespace

TEST_CASE("packets that are read back from a savefile equal those of the kernel, to the byte and "
          "the nanosecond")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5 prefix \"in: \"") +
        "; table inet out { chain c { type filter hook output priority 0; udp dport 9 "
        "meta mark set 7 log prefix \"out: \" group 6; }; }");
    const TemporaryFile file;
    const auto snaplen = static_cast<std::uint32_t>(GENERATE(65531, 40, 0));
    const auto capture = support::capture_of({5, 6});
    REQUIRE(nflogcap_set_snaplen(capture.get(), snaplen) == 0);
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == 0);
    support::start(capture);
    Sender(9).send(10, 100);
    Sender(9, Family::ipv6).send(10, 1);
    nflogcap_stop(capture.get());

    Dump dump = dump_to(file.path());
    const auto live = read_all(capture, dump.get());
    REQUIRE(nflogcap_dump_close(dump.release()) == 0);
    CHECK(live.size() == 40);

    const Handle again = reader_of(file.path());
    support::start(again);
    CHECK(read_all(again) == live);
    CHECK(support::stats_of(again).lost == 0);
    CHECK(support::stats_of(again).malformed == 0);
}

TEST_CASE("a full disk is an error, and the file is complete up to the last packet")
{
    const SmallDisk disk("64k");
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    constexpr std::size_t many = 500;
    Sender(9).send(many, 400);
    nflogcap_stop(capture.get());

    Dump dump = dump_to(disk.file("small.pcap"));
    std::uint64_t written = 0;
    const nflogcap_packet* packet = nullptr;
    int code = 0;
    while (code == 0 && nflogcap_next(capture.get(), &packet, -1) == 1) {
        code = nflogcap_dump_packet(dump.get(), packet);
        written += code == 0 ? 1 : 0;
    }
    CHECK(code == -ENOSPC);
    CHECK_THAT(nflogcap_dump_error(dump.get()),
               ContainsSubstring("small.pcap") && ContainsSubstring("No space left on device"));
    CHECK(nflogcap_dump_close(dump.release()) == -ENOSPC);

    const Handle again = reader_of(disk.file("small.pcap"));
    support::start(again);
    int outcome = 0;
    const std::uint64_t whole = support::count_packets(again, -1, outcome);
    CHECK(outcome == -ENODATA);
    CHECK(whole > 100);
    CHECK(whole < written);
}
