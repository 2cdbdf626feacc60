// SPDX-License-Identifier: GPL-2.0-or-later
// A capture is continued by another handle, or by another process.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "tapping.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using live::drop_udp;
using live::log_input;
using live::read_all;
using live::ruleset;
using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;
using support::stats_of;

namespace {

// Duplicates of the capture's descriptors, like those that another process would receive. The
// caller must close them.
std::vector<int> handed_out(const Handle& capture)
{
    std::vector<int> descriptors(16);
    const int count = nflogcap_descriptors(capture.get(), descriptors.data(), descriptors.size());
    INFO(nflogcap_error(capture.get()));
    REQUIRE(count >= 2);
    descriptors.resize(static_cast<std::size_t>(count));
    for (int& descriptor : descriptors)
        descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return descriptors;
}

void close_all(const std::vector<int>& descriptors)
{
    for (const int descriptor : descriptors)
        close(descriptor);
}

int adopt(const Handle& capture, const std::vector<int>& descriptors)
{
    return nflogcap_adopt(capture.get(), descriptors.data(), descriptors.size());
}

void check_adopted(const Handle& capture, const std::vector<int>& descriptors)
{
    const int code = adopt(capture, descriptors);
    INFO(nflogcap_error(capture.get()));
    REQUIRE(code == 0);
}

void check_adoption_refused(const Handle& capture, const std::vector<int>& descriptors,
                            int expected, const std::string& words)
{
    CHECK(adopt(capture, descriptors) == expected);
    CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring(words));
}

// Hands the capture over, after the rest of its packets was read.
std::uint64_t leave(Handle& capture)
{
    CHECK(nflogcap_hand_over(capture.get()) == 0);
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, -1, outcome);
    CHECK(outcome == -ENODATA);
    capture.reset();
    return packets;
}

std::vector<std::uint16_t> groups_of(const Handle& capture)
{
    const int count = nflogcap_groups(capture.get(), nullptr, 0);
    REQUIRE(count >= 0);
    std::vector<std::uint16_t> groups(static_cast<std::size_t>(count));
    CHECK(nflogcap_groups(capture.get(), groups.data(), groups.size()) == count);
    return groups;
}

} // namespace

TEST_CASE("a handed-over capture continues in another handle without lost or repeated packets")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6));
    Handle first = support::started({5, 6});
    const std::vector<int> descriptors = handed_out(first);
    Sender five(5);
    Sender six(6);
    five.send(3);
    CHECK(read_all(first) == 3);
    five.send(2);
    CHECK(leave(first) == 2); // waits for the kernel to send what it gathers
    six.send(4);

    const Handle second = support::capture_of({});
    check_adopted(second, descriptors);
    CHECK(groups_of(second) == std::vector<std::uint16_t>{5, 6});
    five.send(7);
    CHECK(read_all(second) == 4 + 7);
    CHECK(stats_of(second).lost == 0);
    CHECK(stats_of(second, 6).received == 4);

    CHECK(live::rest_of(second) == 0);
    CHECK(read_all(support::started({5})) == 0); // the groups are free again
}

TEST_CASE("packets that were received but not returned before the end are counted as lost")
{
    const Namespace ns;
    nft(log_input(5, 5));
    Handle first = support::started({5});
    const std::vector<int> descriptors = handed_out(first);
    Sender five(5);
    five.send(10);
    usleep(100'000); // so that the kernel sends them in one batch
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(first.get(), &packet, -1) == 1);
    REQUIRE(nflogcap_next(first.get(), &packet, -1) == 1);
    REQUIRE(nflogcap_hand_over(first.get()) == 0); // and the process ends without reading more
    first.reset();
    five.send(1);

    const Handle second = support::capture_of({5});
    check_adopted(second, descriptors);
    REQUIRE(nflogcap_next(second.get(), &packet, -1) == 1);
    CHECK(packet->seq == 10);
    // The second packet is lost too: it counts as stored only after one more call of next().
    CHECK(packet->lost_before == 9);
    CHECK(stats_of(second).lost == 9);
}

TEST_CASE("the capture of a killed process continues with the packets that arrived meanwhile")
{
    const Namespace ns;
    nft(log_input(5, 5));
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    const Handle captured = support::started({5}); // the child inherits the descriptors
    const std::vector<int> descriptors = handed_out(captured);
    const pid_t child = fork();
    if (child == 0) {
        const nflogcap_packet* packet = nullptr;
        char letter = nflogcap_take_over(captured.get()) == 0 ? 'y' : 'n';
        for (int i = 0; i < 3 && letter == 'y'; ++i)
            letter = nflogcap_next(captured.get(), &packet, 10'000) == 1 ? 'y' : 'n';
        if (nflogcap_next(captured.get(), &packet, 0) != 0)
            letter = 'n';
        static_cast<void>(write(pair[1], &letter, 1));
        for (;;)
            pause();
    }
    Sender five(5);
    five.send(3);
    char letter = 0;
    REQUIRE(read(pair[0], &letter, 1) == 1);
    CHECK(letter == 'y');

    const Handle second = support::capture_of({5});
    check_adoption_refused(second, descriptors, -EBUSY, "process " + std::to_string(child));
    five.send(2);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    five.send(2);
    check_adopted(second, descriptors);
    CHECK(read_all(second) == 4);
    CHECK(stats_of(second).lost == 0);
    close(pair[0]);
    close(pair[1]);
}

TEST_CASE("the numbers set with expect decide which packets are lost, not the numbers of returned "
          "packets")
{
    const Namespace ns;
    nft(log_input(5, 5));
    Handle first = support::started({5});
    Sender five(5);
    five.send(10);
    CHECK(read_all(first) == 10);

    SECTION("if the previous process calls expect")
    {
        REQUIRE(nflogcap_expect(first.get(), 5, 6) == 0); // 0 to 5 are stored
        five.send(1);
        CHECK(read_all(first) == 1); // after expect(), reading does not count as storing
        const std::vector<int> descriptors = handed_out(first);
        leave(first);
        const Handle second = support::capture_of({5});
        check_adopted(second, descriptors);
        five.send(1);
        CHECK(read_all(second) == 1);
        CHECK(stats_of(second).lost == 5);
    }
    SECTION("if the process that adopts calls expect")
    {
        const std::vector<int> descriptors = handed_out(first);
        leave(first);
        const Handle second = support::capture_of({5});
        check_adopted(second, descriptors);
        REQUIRE(nflogcap_expect(second.get(), 5, 8) == 0);
        five.send(1);
        CHECK(read_all(second) == 1);
        CHECK(stats_of(second).lost == 2);
    }
    const Handle other = support::started({7});
    CHECK(nflogcap_expect(other.get(), 5, 0) == -ENOENT);
    CHECK(nflogcap_expect(support::capture_of({5}).get(), 5, 0) == -ENOTCONN);
}

TEST_CASE("packets that did not fit into the socket while no process read them are counted as lost")
{
    const Namespace ns;
    nft(log_input(5, 5));
    Handle first = support::capture_of({5});
    REQUIRE(nflogcap_set_socket_buffer(first.get(), 262'144) == 0);
    REQUIRE(nflogcap_set_delivery(first.get(), NFLOGCAP_IMMEDIATE) == 0);
    support::start(first);
    const std::vector<int> descriptors = handed_out(first);
    leave(first);
    Sender five(5);
    five.send(5000);

    const Handle second = support::capture_of({});
    REQUIRE(nflogcap_set_socket_buffer(second.get(), 262'144) == 0);
    REQUIRE(nflogcap_set_delivery(second.get(), NFLOGCAP_IMMEDIATE) == 0);
    check_adopted(second, descriptors);
    std::uint64_t read = read_all(second);
    CHECK(read < 5000);
    CHECK(stats_of(second).dropped_batches > 0);
    CHECK(stats_of(second).unaccounted_batches == stats_of(second).dropped_batches);
    for (int i = 0; i < 2; ++i) { // the capture looks at the queue after the first packet
        five.send(1);
        read += read_all(second);
    }
    CHECK(read + stats_of(second).lost == 5002);
    CHECK(stats_of(second).unaccounted_batches == 0);
}

TEST_CASE("changed settings are applied, and the groups stay bound")
{
    const Namespace ns;
    nft(log_input(5, 5));
    Handle first = support::started({5});
    const std::vector<int> descriptors = handed_out(first);
    Sender five(5);
    five.send(1, 100); // with the payload length that the first capture requested
    CHECK(read_all(first) == 1);
    leave(first);
    five.send(1, 100);

    const Handle second = support::capture_of({});
    REQUIRE(nflogcap_set_snaplen(second.get(), 30) == 0);
    REQUIRE(nflogcap_set_delivery(second.get(), NFLOGCAP_ADAPTIVE) == 0);
    check_adopted(second, descriptors);
    five.send(1, 100);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(second.get(), &packet, -1) == 1);
    CHECK(packet->payload_length == 128);
    REQUIRE(nflogcap_next(second.get(), &packet, -1) == 1);
    CHECK(packet->payload_length == 30);
    CHECK(stats_of(second).lost == 0);
    CHECK(stats_of(second).delivery == NFLOGCAP_IMMEDIATE);
}

TEST_CASE("groups are added and removed after a hand-over")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6) + log_input(7, 7));
    Handle first = support::started({5, 6});
    const std::vector<int> descriptors = handed_out(first);
    Sender five(5);
    Sender six(6);
    Sender seven(7);
    six.send(2);
    REQUIRE(nflogcap_remove_group(first.get(), 6) == 0); // the packets of this group stay unread
    CHECK(nflogcap_hand_over(first.get()) == 0);
    five.send(1);
    int outcome = 0;
    const std::uint64_t read = support::count_packets(first, -1, outcome);
    CHECK(nflogcap_remove_group(first.get(), 5) ==
          0); // only removes it from the handle, because the capture has ended
    first.reset();

    Handle second = support::capture_of({});
    check_adopted(second, descriptors);
    CHECK(groups_of(second) == std::vector<std::uint16_t>{5});
    REQUIRE(nflogcap_add_group(second.get(), 7) == 0);
    REQUIRE(nflogcap_remove_group(second.get(), 5) == 0);
    five.send(1); // not captured: no socket is bound to group 5
    seven.send(3);
    CHECK(read + read_all(second) == 2 + 1 + 3);
    CHECK(stats_of(second).lost == 0);
    CHECK(groups_of(second) == std::vector<std::uint16_t>{7});

    const std::vector<int> further = handed_out(second);
    leave(second);
    const Handle third = support::capture_of({7});
    check_adopted(third, further);
    seven.send(1);
    CHECK(read_all(third) == 1);
}

TEST_CASE("taps stay in force during a hand-over, and the new process can replace them")
{
    const Namespace ns;
    nft(drop_udp);
    Handle first = support::capture_of({});
    REQUIRE(nflogcap_add_tap(first.get(), "input", "udp dport 9") == 0);
    support::start(first);
    REQUIRE(nflogcap_set_option(first.get(), "tap_prefix", "ten") == 0);
    REQUIRE(nflogcap_add_tap(first.get(), "input", "udp dport 10") == 0);
    const std::vector<int> descriptors = handed_out(first);
    REQUIRE(descriptors.size() == 4);
    const std::string before = ruleset();
    leave(first);
    CHECK(ruleset() == before);
    Sender nine(9);
    Sender ten(10);
    nine.send(2);
    ten.send(3);

    Handle second = support::capture_of({});
    SECTION("a handle without taps takes over all taps")
    {
        check_adopted(second, descriptors);
        CHECK(ruleset() == before);
        CHECK(read_all(second) == 5);
        REQUIRE(nflogcap_remove_tap(second.get(), "input", "udp dport 9") == 0);
        nine.send(1);
        ten.send(1);
        CHECK(read_all(second) == 1);
        REQUIRE(nflogcap_remove_taps(second.get()) == 0);
        CHECK_THAT(ruleset(), !ContainsSubstring("udp dport 10"));
        CHECK(nflogcap_tap_group(second.get()) == -ENOENT);
    }
    SECTION("the taps of the new handle replace the others")
    {
        REQUIRE(nflogcap_add_tap(second.get(), "input", "udp dport 9") == 0);
        REQUIRE(nflogcap_add_tap(second.get(), "input", "udp dport 11") == 0);
        check_adopted(second, descriptors);
        CHECK_THAT(ruleset(), ContainsSubstring("udp dport 9"));
        CHECK_THAT(ruleset(), !ContainsSubstring("udp dport 10"));
        CHECK_THAT(ruleset(), ContainsSubstring("udp dport 11"));
        CHECK(read_all(second) == 5);
        const std::vector<int> further = handed_out(second);
        leave(second);
        const Handle third = support::capture_of({});
        check_adopted(third, further);
        Sender(11).send(2);
        nine.send(1);
        CHECK(read_all(third) == 3);
        CHECK(stats_of(third).lost == 0);
    }
}

TEST_CASE(
    "the taps of a killed process stay if others hold their sockets, and are added anew if not")
{
    const Namespace ns;
    nft(drop_udp);
    Handle first = support::capture_of({});
    REQUIRE(nflogcap_add_tap(first.get(), "input", "udp dport 9") == 0);
    support::start(first);
    std::vector<int> descriptors = handed_out(first);
    REQUIRE(descriptors.size() == 3);
    close(descriptors.back());
    descriptors.pop_back();
    leave(first);
    CHECK_THAT(ruleset(), !ContainsSubstring("udp dport 9"));
    const Handle second = support::capture_of({});
    check_adopted(second, descriptors);
    CHECK_THAT(ruleset(), ContainsSubstring("udp dport 9"));
    Sender(9).send(2);
    CHECK(read_all(second) == 2);
}

TEST_CASE("descriptors that do not belong to one capture are refused with a reason, and stay open")
{
    const Namespace ns;
    nft(log_input(5, 5));
    Handle first = support::started({5});
    const Handle other = support::started({6});
    const std::vector<int> descriptors = handed_out(first);
    const std::vector<int> others = handed_out(other);
    const Handle second = support::capture_of({});
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

    check_adoption_refused(second, descriptors, -EBUSY, "process " + std::to_string(getpid()));
    check_adoption_refused(second, {}, -EBADMSG, "none of the descriptors has the state");
    check_adoption_refused(second, {1234}, -EBADF, "descriptor 1234 is not open");
    check_adoption_refused(second, {file}, -EBADMSG, "it is not the shared memory of a capture");
    check_adoption_refused(second, {descriptors[0]}, -EBADMSG,
                           "none of the descriptors is its socket");
    check_adoption_refused(second, {descriptors[1]}, -EBADMSG,
                           "none of the descriptors has the state");
    check_adoption_refused(second, {descriptors[0], others[1]}, -EBADMSG,
                           "none of the descriptors is its");
    check_adoption_refused(second, {descriptors[0], descriptors[1], others[1]}, -EBADMSG,
                           "does not belong to it");
    check_adoption_refused(second, {descriptors[0], descriptors[1], file}, -EBADMSG,
                           "is neither a netfilter");
    leave(first);
    check_adoption_refused(support::capture_of({7}), descriptors, -EINVAL,
                           "the groups 5 as one of the groups 7");
    {
        const Namespace elsewhere;
        check_adoption_refused(second, descriptors, -EXDEV, "another network namespace");
    }
    Sender(5).send(1);
    check_adopted(second, descriptors); // the refusals did not change the capture
    CHECK(read_all(second) == 1);
    check_adoption_refused(second, others, -EBUSY, "has started already");

    const std::vector<int> last = handed_out(second);
    CHECK(live::rest_of(second) == 0);
    check_adoption_refused(support::capture_of({}), last, -ENODATA, "it has ended");
    close_all(last);
    close_all(others);
    close(file);
}

TEST_CASE(
    "hand_over stops a capture if its descriptors were never requested, and it can start again")
{
    const Namespace ns;
    nft(log_input(5, 5));
    const Handle capture = support::started({5});
    Sender(5).send(2);
    const auto leave_and_read = [&] {
        CHECK(nflogcap_hand_over(capture.get()) == 0);
        int outcome = 0;
        const std::uint64_t packets = support::count_packets(capture, -1, outcome);
        CHECK(outcome == -ENODATA);
        return packets;
    };
    CHECK(leave_and_read() == 2);
    support::start(capture);
    const std::vector<int> descriptors = handed_out(capture);
    CHECK(leave_and_read() == 0);
    CHECK(nflogcap_start(capture.get()) == -EPERM); // the group is still bound
    close_all(descriptors);
    support::start(capture);
    Sender(5).send(1);
    CHECK(read_all(capture) == 1);
}
