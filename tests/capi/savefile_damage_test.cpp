// SPDX-License-Identifier: GPL-2.0-or-later
// Damaged savefiles, and files of other formats.
#include "message_builder.hpp"
#include "savefile_reading.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <cerrno>

using support::FileBytes;
using support::Handle;
using support::in_other_order;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::reader_of;
using support::TemporaryFile;
using synthetic::bytes;
using synthetic::Message;
using synthetic::numbered;

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

TEST_CASE("an impossible length is an error after the packets before it")
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

TEST_CASE("a file that cannot be read is refused with a reason")
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
    const TemporaryFile cooked(PcapFile(support::linktype_cooked).bytes());
    refused(cooked.path(), -EINVAL,
            {"LINUX_SLL (Linux cooked", "NFLOG, RAW, IPV4, IPV6 or EN10MB"});
    const TemporaryFile unknown(PcapFile(9999).bytes());
    refused(unknown.path(), -EINVAL, {"9999"});

    const Handle capture = support::capture_of({});
    CHECK(nflogcap_set_savefile(capture.get(), "") == -EINVAL);
    check_error(capture, {"the path is empty"});
    CHECK(nflogcap_start(capture.get()) == -EINVAL); // still the kernel's, of no group
}
