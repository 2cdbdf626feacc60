// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios of captures from the kernel.
#include "scenarios.hpp"

#include "capabilities.hpp"
#include "capture.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <nftables/libnftables.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::uint16_t port_of_five = 7005;
constexpr std::uint16_t port_of_six = 7006;
constexpr int soon_ms = 40; // the kernel sends a batch within 10 ms

// Returns the bound groups of the thread's network namespace. It is empty if the library has
// released everything.
std::string bound_groups()
{
    std::ifstream table("/proc/thread-self/net/netfilter/nfnetlink_log");
    return {std::istreambuf_iterator<char>(table), {}};
}

std::string tables()
{
    const std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> context(nft_ctx_new(NFT_CTX_DEFAULT),
                                                                    nft_ctx_free);
    nft_ctx_buffer_output(context.get());
    if (nft_run_cmd_from_buffer(context.get(), "list tables") != 0)
        throw std::runtime_error("nft list tables failed");
    return nft_ctx_get_output_buffer(context.get());
}

void require_nothing_left(Life& life)
{
    life.require(bound_groups().empty(), "a group is bound: " + bound_groups());
}

// Requires that each sent packet was received or is counted as lost. If a batch was cut off, a loss
// can be uncounted, because no later packet showed it.
void require_accounts(Life& life, std::uint64_t sent)
{
    const nflogcap_stats stats = life.stats();
    const std::uint64_t accounted = stats.received + stats.lost;
    const bool was_cut = stats.truncated + stats.malformed > 0;
    life.require(was_cut ? accounted <= sent : accounted == sent,
                 std::to_string(sent) + " sent, " + std::to_string(stats.received) +
                     " received and " + std::to_string(stats.lost) + " lost");
    life.require(stats.delivered == life.delivered() && stats.filtered == 0,
                 std::to_string(stats.delivered) + " delivered by count, " +
                     std::to_string(life.delivered()) + " returned, and " +
                     std::to_string(stats.filtered) + " filtered");
    life.require(stats.dropped_batches <= sent &&
                     stats.unaccounted_batches <= stats.dropped_batches,
                 "the socket refused more batches than there were packets: " +
                     std::to_string(stats.dropped_batches));
}

void end(Life& life)
{
    nflogcap* handle = life.handle();
    life.call("nflogcap_stop", [=] { return nflogcap_stop(handle); });
    life.require(life.receive(at_last_ms), "the capture does not end");
}

// A network namespace with rules that log to two groups.
struct Ground {
    Ground()
    {
        nft(support::log_udp(port_of_five, "group 5"));
        nft(support::log_udp(port_of_six, "group 6"));
    }
    void send(std::size_t to_five, std::size_t to_six)
    {
        to_five_.send(to_five);
        to_six_.send(to_six);
        sent += to_five + to_six;
    }
    std::uint64_t sent = 0; // packets sent in this life

private:
    Sender to_five_{port_of_five};
    Sender to_six_{port_of_six};
};

struct OwnGround {
    Namespace ns;
    Ground ground;
};

void add_groups(Life& life)
{
    nflogcap* handle = life.open();
    life.before_again([&life] { require_nothing_left(life); });
    life.call("nflogcap_add_group", [=] { return nflogcap_add_group(handle, five); });
    life.call("nflogcap_add_group", [=] { return nflogcap_add_group(handle, six); });
}

void start(Life& life)
{
    life.start();
    life.before_again({});
}

// Closes the handle during the capture.
void close_capturing(Life& life)
{
    life.before_again([&life] { require_nothing_left(life); });
    life.start();
    life.close();
    require_nothing_left(life);
}

void groups(Life& life, Ground& ground)
{
    ground.sent = 0;
    add_groups(life);
    nflogcap* handle = life.handle();
    life.call("nflogcap_set_filter", [=] { return nflogcap_set_filter(handle, "udp"); });
    start(life);
    life.call("nflogcap_fd", [=] { return nflogcap_fd(handle); });
    ground.send(10, 5);
    life.receive(life.fault() ? soon_ms : at_last_ms, 15);
    life.require(life.fault() || life.delivered() == 15, "not all packets were received");
    life.call("nflogcap_wakeup", [=] { return nflogcap_wakeup(handle); });
    const nflogcap_packet* packet = nullptr;
    const int woken = life.call(
        "nflogcap_next", [&] { return nflogcap_next(handle, &packet, at_last_ms); }, {-ECANCELED});
    life.require(woken == -ECANCELED, "the wake-up is lost");
    ground.send(3, 3);
    end(life);
    require_accounts(life, ground.sent);
    close_capturing(life);
}

Scenario::Lead lay_groups()
{
    return [own = std::make_shared<OwnGround>()](Life& life) { groups(life, own->ground); };
}

void in_another_namespace(Life& life, const std::string& path, Ground& ground)
{
    ground.sent = 0;
    life.open();
    nflogcap* handle = life.handle();
    life.call("nflogcap_add_group", [=] { return nflogcap_add_group(handle, five); });
    life.call("nflogcap_set_netns", [&] { return nflogcap_set_netns(handle, path.c_str()); });
    life.start();
    ground.send(4, 0);
    end(life);
    require_accounts(life, ground.sent);
    life.start();
    life.close();
}

Scenario::Lead lay_other_namespace()
{
    struct Other {
        support::Place place;
        std::optional<Ground> ground;
    };
    auto other = std::make_shared<Other>();
    const support::Visit visit(other->place);
    other->ground.emplace();
    return [other](Life& life) {
        const std::string path = "/proc/self/fd/" + std::to_string(other->place.fd());
        in_another_namespace(life, path, *other->ground);
        const support::Visit back(other->place);
        require_nothing_left(life);
    };
}

void tapped(Life& life, Sender& sender)
{
    constexpr std::size_t packets = 4;
    life.open();
    nflogcap* handle = life.handle();
    const auto require_no_tap = [&life] {
        require_nothing_left(life);
        life.require(tables().find("nflogcap") == std::string::npos,
                     "a table is left: " + tables());
    };
    life.before_again(require_no_tap);
    life.call("nflogcap_add_tap",
              [=] { return nflogcap_add_tap(handle, "prerouting", "udp dport 7005"); });
    life.call("nflogcap_add_tap",
              [=] { return nflogcap_add_tap(handle, "ingress:lo", "udp dport 7005"); });
    start(life);
    sender.send(packets);
    end(life);
    require_accounts(life, 2 * packets);
    life.close();
    require_no_tap();
}

// A network namespace in which a rule drops the packets, so that the kernel sends no ICMP error.
// Only taps log them.
struct GroundForTaps {
    GroundForTaps()
    {
        nft("table inet dropping {\n chain dropped {\n type filter hook prerouting priority 0\n"
            "udp dport 7005 drop\n }\n }");
    }
    Namespace ns;
    Sender sender{port_of_five};
};

Scenario::Lead lay_taps()
{
    return [own = std::make_shared<GroundForTaps>()](Life& life) { tapped(life, own->sender); };
}

// Starts a capture with a tap and hands it over. Returns its descriptors.
std::vector<int> handed_over()
{
    const support::Handle handle = support::capture_of({});
    nflogcap_add_tap(handle.get(), "prerouting", "udp dport 7005");
    support::start(handle);
    std::vector<int> descriptors(3);
    nflogcap_descriptors(handle.get(), descriptors.data(), descriptors.size());
    for (int& descriptor : descriptors)
        descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    nflogcap_hand_over(handle.get());
    return descriptors;
}

void adopted(Life& life, Sender& sender)
{
    constexpr std::size_t packets = 4;
    const std::vector<int> descriptors = handed_over();
    sender.send(packets);
    nflogcap* handle = life.open();
    life.call("nflogcap_set_snaplen", [=] { return nflogcap_set_snaplen(handle, 60); });
    life.call("nflogcap_adopt",
              [&] { return nflogcap_adopt(handle, descriptors.data(), descriptors.size()); });
    life.call("nflogcap_descriptors", [=] { return nflogcap_descriptors(handle, nullptr, 0); });
    sender.send(packets);
    end(life);
    require_accounts(life, 2 * packets);
    life.close();
    require_nothing_left(life);
}

Scenario::Lead lay_adopted()
{
    return [own = std::make_shared<GroundForTaps>()](Life& life) { adopted(life, own->sender); };
}

void adaptive(Life& life, Ground& ground)
{
    constexpr std::size_t fast = 1000; // more than twice the packets that start batching
    ground.sent = 0;
    add_groups(life);
    nflogcap* handle = life.handle();
    life.call("nflogcap_set_delivery",
              [=] { return nflogcap_set_delivery(handle, NFLOGCAP_ADAPTIVE); });
    start(life);
    ground.send(fast, 1);
    life.receive(soon_ms, fast + 1);
    ground.send(3, 1);
    end(life);
    require_accounts(life, ground.sent);
    life.close();
    require_nothing_left(life);
}

Scenario::Lead lay_adaptive()
{
    return [own = std::make_shared<OwnGround>()](Life& life) { adaptive(life, own->ground); };
}

// Sends more packets than the socket's buffer has room for.
void full_socket(Life& life, Ground& ground)
{
    constexpr std::uint32_t small = 8192;
    constexpr std::size_t many = 60;
    ground.sent = 0;
    add_groups(life);
    nflogcap* handle = life.handle();
    life.call("nflogcap_set_delivery",
              [=] { return nflogcap_set_delivery(handle, NFLOGCAP_IMMEDIATE); });
    life.call("nflogcap_set_socket_buffer",
              [=] { return nflogcap_set_socket_buffer(handle, small); });
    start(life);
    for (int times = 0; times < 2; ++times) {
        ground.send(many, 0);
        const seam::Watch watch;
        life.stats();
    }
    life.receive(0);   // the socket already has all packets that it has room for
    ground.send(1, 1); // the number of this packet shows the gaps
    end(life);
    const nflogcap_stats stats = life.stats();
    life.require(life.fault() || stats.dropped_batches > 0, "the socket dropped nothing");
    require_accounts(life, ground.sent);
    life.close();
    require_nothing_left(life);
}

Scenario::Lead lay_full_socket()
{
    return [own = std::make_shared<OwnGround>()](Life& life) { full_socket(life, own->ground); };
}

void owned_by_another(Life& life, const std::function<void()>& give_up)
{
    life.open();
    nflogcap* handle = life.handle();
    life.call("nflogcap_add_group", [=] { return nflogcap_add_group(handle, five); });
    life.before_again(give_up);
    life.start();
    life.require(!life.refusals().empty(), "a group is bound twice");
    life.close();
    require_nothing_left(life);
}

Scenario::Lead lay_owned()
{
    return [ns = std::make_shared<Namespace>()](Life& life) {
        support::Handle owner = support::started({five});
        owned_by_another(life, [&owner] { owner.reset(); });
    };
}

// A start without the required capability must fail, and a start with it must succeed.
Scenario::Lead lay_without_capability()
{
    return [ns = std::make_shared<Namespace>()](Life& life) {
        nflogcap* handle = life.open();
        life.call("nflogcap_add_group", [=] { return nflogcap_add_group(handle, five); });
        support::without_capabilities([&] {
            const int code =
                life.call("nflogcap_start", [=] { return nflogcap_start(handle); }, {-EPERM});
            life.require(code == -EPERM, "the start succeeds without the capability");
        });
        life.start();
        life.close();
        require_nothing_left(life);
    };
}

// The capture starts with privileges, and is stopped without them.
Scenario::Lead lay_unprivileged()
{
    return [own = std::make_shared<OwnGround>()](Life& life) {
        own->ground.sent = 0;
        add_groups(life);
        nflogcap* handle = life.handle();
        life.call("nflogcap_set_flush_timeout",
                  [=] { return nflogcap_set_flush_timeout(handle, 0); });
        start(life);
        support::without_capabilities([&] {
            own->ground.send(4, 2);
            end(life);
        });
        require_accounts(life, own->ground.sent);
        close_capturing(life);
    };
}

} // namespace

std::vector<Scenario> live_scenarios()
{
    return {
        {"two groups", lay_groups},
        {"another network namespace, by one who may not force the buffer",
         lay_other_namespace,
         {{"setsockopt SO_RCVBUFFORCE", EPERM}}},
        {"taps", lay_taps},
        {"adopted", lay_adopted},
        {"adaptive delivery", lay_adaptive},
        {"a full socket", lay_full_socket},
        {"a group that another owns", lay_owned},
        {"a start without the capability", lay_without_capability},
        {"a stop without privileges", lay_unprivileged},
    };
}
