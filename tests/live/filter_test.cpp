// SPDX-License-Identifier: GPL-2.0-or-later
// Filters, on packets of the real kernel.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

void set_filter(const Handle& capture, const char* expression)
{
    INFO(nflogcap_error(capture.get()));
    REQUIRE(nflogcap_set_filter(capture.get(), expression) == 0);
}

// Adds rules that log UDP to ports 9 and 10 to the same group. The packets arrive in the order in
// which they were sent.
void log_both_ports()
{
    nft("table inet both { chain c { type filter hook prerouting priority 0; "
        "udp dport { 9, 10 } log group 5 drop; }; }");
}

int port_of(const nflogcap_packet& packet)
{
    constexpr std::size_t port_at = 22;
    return packet.payload[port_at] << 8 | packet.payload[port_at + 1];
}

// Reads packets until no more arrive, and returns their ports.
std::vector<int> ports(const Handle& capture)
{
    std::vector<int> all;
    const nflogcap_packet* packet = nullptr;
    while (nflogcap_next(capture.get(), &packet, 100) == 1)
        all.push_back(port_of(*packet));
    return all;
}

bool readable(int fd, int timeout_ms = 0)
{
    pollfd wanted{fd, POLLIN, 0};
    return poll(&wanted, 1, timeout_ms) == 1;
}

milliseconds cpu_time()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) +
           std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds(time.tv_nsec));
}

// Sends to port 9 at full speed during its lifetime.
class Flood {
public:
    Flood()
        : thread_([this] {
              Sender sender(9);
              while (!ended_)
                  sender.send(64, 0);
          })
    {
    }
    ~Flood()
    {
        ended_ = true;
        thread_.join();
    }
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

private:
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

// A capture with a filter that rejects all packets of a flood. It has already received some of
// them.
class Flooded {
public:
    Flooded()
    {
        nft(support::log_udp(9, "group 5"));
        capture_ = support::capture_of({5});
        set_filter(capture_, "udp port 10");
        support::start(capture_);
        flood_.emplace();
        const nflogcap_packet* packet = nullptr;
        while (support::stats_of(capture_).filtered < 1000)
            REQUIRE(nflogcap_next(capture_.get(), &packet, 10) == 0);
    }

    [[nodiscard]] const Handle& handle() const { return capture_; }
    [[nodiscard]] nflogcap* get() const { return capture_.get(); }

private:
    Namespace namespace_;
    Handle capture_;
    std::optional<Flood> flood_;
};

constexpr milliseconds margin(10'000); // for a busy machine

} // namespace

TEST_CASE("a filter delivers the packets that match, and counts the rest")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::capture_of({5});
    set_filter(capture, "udp port 10");
    support::start(capture);
    Sender nine(9);
    Sender ten(10);
    for (int turn = 0; turn < 10; ++turn) {
        nine.send(3);
        ten.send(2);
    }
    CHECK(ports(capture) == std::vector<int>(20, 10));
    for (const nflogcap_stats& stats :
         {support::stats_of(capture), support::stats_of(capture, 5)}) {
        CHECK(stats.received == 50);
        CHECK(stats.delivered == 20);
        CHECK(stats.filtered == 30);
        CHECK(stats.lost == 0);
    }
}

TEST_CASE("a filter applies to all groups of its handle, and each group has its own counters")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5") + support::log_udp(10, "group 6"));
    const auto capture = support::started({5, 6});
    set_filter(capture, "len > 28");
    for (const std::uint16_t port : {std::uint16_t{9}, std::uint16_t{10}}) {
        Sender sender(port);
        sender.send(port, 0);
        sender.send(1, 1);
    }
    CHECK(ports(capture).size() == 2);
    CHECK(support::stats_of(capture, 5).filtered == 9);
    CHECK(support::stats_of(capture, 6).filtered == 10);
    CHECK(support::stats_of(capture).filtered == 19);
}

TEST_CASE("a new filter applies to packets that were read but not yet delivered")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started_in_batches_of(10, 5);
    Sender nine(9);
    Sender ten(10);
    for (int turn = 0; turn < 5; ++turn) {
        nine.send(1);
        ten.send(1);
    }
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
    CHECK(port_of(*packet) == 9);
    set_filter(capture, "udp port 10");
    CHECK(port_of(*packet) == 9); // a packet that was returned does not change
    REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
    CHECK(port_of(*packet) == 10);
    set_filter(capture, "udp port 9");
    REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
    CHECK(port_of(*packet) == 9);
    CHECK(packet->seq == 2);
    const auto* none = GENERATE(static_cast<const char*>(nullptr), "");
    set_filter(capture, none);
    CHECK(ports(capture) == std::vector<int>{10, 9, 10, 9, 10, 9, 10});
    CHECK(support::stats_of(capture).batches == 1);
    CHECK(support::stats_of(capture).filtered == 0);
    CHECK(support::stats_of(capture).delivered == 10);
}

TEST_CASE("an invalid expression leaves the previous filter in force")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started({5});
    set_filter(capture, "udp port 10");
    CHECK(nflogcap_set_filter(capture.get(), "udp prt 9") == -EINVAL);
    CHECK_THAT(nflogcap_error(capture.get()),
               ContainsSubstring("'udp prt 9'") && ContainsSubstring("syntax error"));
    Sender(9).send(3);
    Sender(10).send(2);
    CHECK(ports(capture) == std::vector<int>{10, 10});

    set_filter(capture, nullptr);
    CHECK(nflogcap_set_filter(capture.get(), "udp and tcp") == -EINVAL);
    Sender(9).send(1);
    CHECK(ports(capture) == std::vector<int>{9});
}

TEST_CASE("a filter compiled in another thread applies to packets already received")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started({5});
    nflogcap_filter* filter = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    int code = 1;
    std::thread([&] {
        code = nflogcap_filter_new(&filter, "udp port 10", error.data(), error.size());
    }).join();
    REQUIRE(code == 0);
    Sender(9).send(2);
    Sender(10).send(2);
    REQUIRE(nflogcap_use_filter(capture.get(), filter) == 0);
    CHECK(ports(capture) == std::vector<int>{10, 10});

    CHECK(nflogcap_filter_new(&filter, "udp prt 9", error.data(), error.size()) == -EINVAL);
    CHECK_THAT(error.data(), ContainsSubstring("'udp prt 9'"));
    CHECK(nflogcap_use_filter(capture.get(), nullptr) == -EINVAL);
    for (const char* all : {static_cast<const char*>(nullptr), ""}) {
        REQUIRE(nflogcap_filter_new(&filter, all, nullptr, 0) == 0);
        REQUIRE(nflogcap_use_filter(capture.get(), filter) == 0);
        Sender(9).send(1);
        CHECK(ports(capture) == std::vector<int>{9});
    }
    REQUIRE(nflogcap_filter_new(&filter, "udp port 10", nullptr, 0) == 0);
    nflogcap_filter_free(filter); // no handle uses it any more
    nflogcap_filter_free(nullptr);
}

TEST_CASE("next_batch returns the packets of a batch that match the filter")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started_in_batches_of(61, 5);
    set_filter(capture, "udp port 10");
    Sender nine(9);
    Sender ten(10);
    for (int turn = 0; turn < 20; ++turn) {
        nine.send(2);
        ten.send(1);
    }
    nine.send(1);
    std::vector<const nflogcap_packet*> packets(100);
    REQUIRE(nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 10'000) == 20);
    for (std::uint32_t i = 0; i < 20; ++i) {
        CHECK(port_of(*packets[i]) == 10);
        CHECK(packets[i]->seq == 3 * i + 2);
    }
    CHECK(nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 0) == 0);
    CHECK(support::stats_of(capture).filtered == 41);
}

TEST_CASE("a filter stays in force after a stop, to the end of the capture and in the next one")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started({5});
    set_filter(capture, "udp port 10");
    Sender(9).send(5);
    Sender(10).send(1);
    Sender(9).send(5);
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 1);
    CHECK(outcome == -ENODATA);
    CHECK(support::stats_of(capture).filtered == 10);
    support::start(capture);
    Sender(9).send(1);
    Sender(10).send(1);
    CHECK(ports(capture) == std::vector<int>{10});
}

TEST_CASE("the next delivered packet reports losses before rejected packets")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_socket_buffer(capture.get(), 65536) == 0);
    set_filter(capture, "udp port 10");
    support::start(capture);
    constexpr std::size_t flood = 20'000;
    Sender(9).send(flood, 1000);
    CHECK(ports(capture).empty());
    // The socket has room again. The next packet's number shows the loss, but the filter rejects
    // it.
    Sender(9).send(1);
    CHECK(ports(capture).empty());
    const std::uint64_t lost = support::stats_of(capture).lost;
    REQUIRE(lost > 0);
    Sender(10).send(1);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
    CHECK(packet->lost_before == lost);
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.received + stats.lost == flood + 2);
    CHECK(stats.filtered == stats.received - 1);
    CHECK(stats.unaccounted_batches == 0);
}

TEST_CASE("next waits for its timeout if all packets are rejected")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started({5});
    set_filter(capture, "udp port 10");
    Sender(9).send(5);
    const nflogcap_packet* packet = nullptr;
    const auto before = Clock::now();
    const auto used = cpu_time();
    CHECK(nflogcap_next(capture.get(), &packet, 200) == 0);
    CHECK(Clock::now() - before >= milliseconds(200));
    CHECK(Clock::now() - before < milliseconds(200) + margin);
    CHECK(cpu_time() - used < milliseconds(100)); // next() slept while it waited
    CHECK(support::stats_of(capture).filtered == 5);
}

TEST_CASE("next with a timeout of 0 finds a matching packet after many rejected batches")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == 0);
    set_filter(capture, "udp port 10");
    support::start(capture);
    Sender(9).send(100);
    Sender(10).send(1);
    const nflogcap_packet* packet = nullptr;
    int got = 0;
    for (int calls = 0; calls < 10 && got == 0;
         ++calls) // each call may end after 10 ms without a packet
        got = nflogcap_next(capture.get(), &packet, 0);
    REQUIRE(got == 1);
    CHECK(packet->seq == 100);
}

TEST_CASE("next returns after its timeout while the filter rejects a flood")
{
    const Flooded capture;
    const nflogcap_packet* packet = nullptr;
    for (const int timeout_ms : {0, 1, 100}) {
        CAPTURE(timeout_ms);
        const auto before = Clock::now();
        CHECK(nflogcap_next(capture.get(), &packet, timeout_ms) == 0);
        CHECK(Clock::now() - before >= milliseconds(timeout_ms));
        CHECK(Clock::now() - before < milliseconds(timeout_ms) + margin);
    }
}

TEST_CASE("next notices a wakeup and a stop during a rejected flood")
{
    Flooded capture;
    const nflogcap_packet* packet = nullptr;
    const auto outcome = [&](const std::function<void()>& interrupt) {
        std::thread other([&] {
            std::this_thread::sleep_for(milliseconds(50));
            interrupt();
        });
        const int got = nflogcap_next(capture.get(), &packet, -1);
        other.join();
        return got;
    };
    CHECK(outcome([&] { nflogcap_wakeup(capture.get()); }) == -ECANCELED);
    CHECK(outcome([&] { nflogcap_stop(capture.get()); }) == -ENODATA);
    const nflogcap_stats stats = support::stats_of(capture.handle());
    CHECK(stats.delivered == 0);
    CHECK(stats.received == stats.filtered);
}

TEST_CASE("the descriptor is not readable after all packets were rejected")
{
    const Namespace ns;
    log_both_ports();
    const auto capture = support::started_in_batches_of(3, 5);
    const int fd = nflogcap_fd(capture.get());
    set_filter(capture, "udp port 10");
    Sender(10).send(1);
    Sender(9).send(2);
    REQUIRE(readable(fd, 1000));
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 0) == 1);
    CHECK(readable(fd)); // two more are queued in the library
    SECTION("after a call of next that does not wait")
    {
        CHECK(nflogcap_next(capture.get(), &packet, 0) == 0);
        CHECK_FALSE(readable(fd));
    }
    SECTION("after a call of next that waits without using CPU time")
    {
        const auto used = cpu_time();
        CHECK(nflogcap_next(capture.get(), &packet, 200) == 0);
        CHECK(cpu_time() - used < milliseconds(100));
        CHECK_FALSE(readable(fd));
    }
    Sender(10).send(3);
    CHECK(readable(fd, 1000));
}

TEST_CASE("handles on several threads change their filters concurrently, and each has its own")
{
    const Namespace ns;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::uint16_t group = 20; group < 24; ++group) {
        nft(support::log_udp(group, "group " + std::to_string(group)));
        threads.emplace_back([group, &wrong] {
            const auto capture = support::started({group});
            for (int turn = 0; turn < 50; ++turn) {
                const std::string expression = "udp and len = " + std::to_string(28 + turn);
                wrong += nflogcap_set_filter(capture.get(), expression.c_str()) == 0 ? 0 : 1;
                wrong += nflogcap_set_filter(capture.get(), "udp prt 1") == -EINVAL ? 0 : 1;
                Sender sender(group); // the port too
                const nflogcap_packet* packet = nullptr;
                sender.send(1, static_cast<std::size_t>(turn) + 1);
                sender.send(1, static_cast<std::size_t>(turn));
                const bool right = nflogcap_next(capture.get(), &packet, 2000) == 1 &&
                                   packet->wire_length == 28 + static_cast<std::uint32_t>(turn);
                wrong += right ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
}
