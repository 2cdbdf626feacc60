// SPDX-License-Identifier: GPL-2.0-or-later
// Savefiles that are read from a pipe.
#include "message_builder.hpp"
#include "savefile_reading.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <thread>

using support::FileBytes;
using support::Handle;
using support::in_other_order;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::reader_of;
using synthetic::bytes;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::full_message;
using synthetic::Message;
using synthetic::numbered;

TEST_CASE("a read from a pipe waits for each packet")
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

TEST_CASE("a packet from a pipe is returned with its last byte, in every format")
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

TEST_CASE("a pipe that its writer closes in the middle of a packet ends with an error")
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

TEST_CASE("an invalid length in a pipe is an error at once, without waiting")
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

TEST_CASE("all data that a pipe holds is read at once")
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

TEST_CASE("a signal while the library waits for a packet from a pipe loses no data")
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

TEST_CASE("standard input that another process made non-blocking is waited for too")
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
