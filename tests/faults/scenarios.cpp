// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenarios.hpp"

#include "capabilities.hpp"
#include "capture.hpp"
#include "message_builder.hpp"
#include "network.hpp"
#include "savefile.hpp"
#include "topology.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <nftables/libnftables.h>
#include <optional>
#include <stdexcept>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <unistd.h>

using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::uint16_t five = 5;
constexpr std::uint16_t six = 6;
constexpr std::uint16_t port_of_five = 7005;
constexpr std::uint16_t port_of_six = 7006;
constexpr int soon_ms = 40;      // the kernel flushes within 10
constexpr int at_last_ms = 2000; // what is awaited comes

// Of nothing that the library holds in the thread's network namespace.
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

// Every packet that was sent was received, or counted as lost. What was cut off a batch no later
// packet may have come to show.
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
                     std::to_string(life.delivered()) + " in truth, and " +
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

// Two groups that are logged to in a network namespace.
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
    std::uint64_t sent = 0; // in this life

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

// Closed while it captures.
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
    life.require(life.fault() || life.delivered() == 15, "not all came at once");
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

Scenario::Lead lay_taps()
{
    struct Own {
        Own()
        {
            nft("table inet dropping {\n chain dropped {\n type filter hook prerouting priority 0\n"
                "udp dport 7005 drop\n }\n }");
        }
        Namespace ns;
        Sender sender{port_of_five};
    };
    return [own = std::make_shared<Own>()](Life& life) { tapped(life, own->sender); };
}

void adaptive(Life& life, Ground& ground)
{
    constexpr std::size_t fast = 1000; // 400 of a moment are, also where one ends among them
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

// More than its socket has room for.
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
    life.receive(0);   // what the socket has room for is there already
    ground.send(1, 1); // to show the gaps
    end(life);
    const nflogcap_stats stats = life.stats();
    life.require(life.fault() || stats.dropped_batches > 0, "the socket refused nothing");
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

// The start without the capability that it takes, and the start with it.
Scenario::Lead lay_without_capability()
{
    return [ns = std::make_shared<Namespace>()](Life& life) {
        nflogcap* handle = life.open();
        life.call("nflogcap_add_group", [=] { return nflogcap_add_group(handle, five); });
        support::without_capabilities([&] {
            const int code =
                life.call("nflogcap_start", [=] { return nflogcap_start(handle); }, {-EPERM});
            life.require(code == -EPERM, "the start takes no capability");
        });
        life.start();
        life.close();
        require_nothing_left(life);
    };
}

// The capture starts with privileges, and is stopped without.
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

// A savefile of two groups, long enough to be read in several pieces.
constexpr std::uint32_t records = 12;

support::FileBytes two_groups(std::size_t payload)
{
    support::PcapFile file(support::linktype_nflog);
    for (std::uint32_t number = 0; number < records; ++number) {
        synthetic::Message message(number % 3 == 0 ? six : five);
        message.put(NFULA_PACKET_HDR, synthetic::bytes({0x08, 0x00, 0, 0}))
            .put_be32(NFULA_SEQ, number)
            .put(NFULA_PAYLOAD, synthetic::Bytes(payload));
        file.add(message.body());
    }
    return file.bytes();
}

// All packets, or those before the place that next() told of.
void read_all(Life& life)
{
    const std::size_t refusals = life.refusals().size();
    const std::uint64_t before = life.delivered();
    life.require(life.receive(at_last_ms), "the capture does not end");
    const std::uint64_t got = life.delivered() - before;
    const std::string told = "beyond packet " + std::to_string(got) + ":";
    bool is_cut = life.fault().way == seam::Fault::Way::ends;
    for (std::size_t i = refusals; i < life.refusals().size(); ++i)
        is_cut = is_cut || life.refusals()[i].words.find(told) != std::string::npos;
    life.require(is_cut ? got <= records : got == records,
                 std::to_string(got) + " of " + std::to_string(records) + " packets were read");
}

Scenario::Lead lay_savefile()
{
    constexpr std::size_t payload = 3000; // more than libpcap has room for at first
    return [file = std::make_shared<support::TemporaryFile>(two_groups(payload))](Life& life) {
        nflogcap* handle = life.open();
        const char* path = file->path().c_str();
        life.call("nflogcap_set_savefile", [=] { return nflogcap_set_savefile(handle, path); });
        life.call("nflogcap_set_filter", [=] { return nflogcap_set_filter(handle, "len >= 20"); });
        life.start();
        read_all(life);
        const nflogcap_stats stats = life.stats();
        life.require(stats.filtered == 0, "the filter rejects what it is to accept");
        life.start();
        read_all(life);
        life.start();
        life.close();
    };
}

// Standard input and output, which a life may put pipes in the place of.
class Redirected {
public:
    explicit Redirected(int standard) : standard_(standard), before_(dup(standard)) {}
    ~Redirected()
    {
        dup2(before_, standard_);
        ::close(before_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;
    void to(int fd) const { dup2(fd, standard_); }

private:
    int standard_;
    int before_;
};

std::array<int, 2> new_pipe()
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) < 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    return ends;
}

Scenario::Lead lay_pipe()
{
    constexpr std::size_t payload = 40; // it is read byte by byte
    return [bytes = two_groups(payload)](Life& life) {
        const Redirected input(STDIN_FILENO);
        const auto fill = [&] { // what a start that failed has read is gone with it
            const auto [reading, writing] = new_pipe();
            const ssize_t written = ::write(writing, bytes.data(), bytes.size());
            life.require(written == static_cast<ssize_t>(bytes.size()), "the pipe is too short");
            input.to(reading);
            ::close(reading);
            ::close(writing);
        };
        fill();
        nflogcap* handle = life.open();
        life.call("nflogcap_set_savefile", [=] { return nflogcap_set_savefile(handle, "-"); });
        life.before_again(fill);
        life.start();
        life.before_again({});
        read_all(life);
        life.close();
    };
}

struct FreePacket {
    void operator()(nflogcap_packet* packet) const noexcept { nflogcap_packet_free(packet); }
};
using Packets = std::vector<std::unique_ptr<nflogcap_packet, FreePacket>>;

Packets packets_to_dump()
{
    constexpr std::size_t payload = 12'000; // so that they are written in several pieces
    const support::TemporaryFile file(two_groups(payload));
    const support::Handle reader = support::reader_of(file.path());
    support::start(reader);
    Packets packets;
    const nflogcap_packet* packet = nullptr;
    while (nflogcap_next(reader.get(), &packet, 0) == 1)
        packets.emplace_back(nflogcap_packet_clone(packet));
    return packets;
}

// What a savefile of these packets is to have in it.
support::FileBytes dumped(const Packets& packets)
{
    const support::TemporaryFile file;
    {
        const support::Dump dump = support::dump_to(file.path());
        for (const auto& packet : packets) {
            if (nflogcap_dump_packet(dump.get(), packet.get()) < 0)
                throw std::runtime_error(nflogcap_dump_error(dump.get()));
        }
    }
    return file.bytes();
}

void dump(Life& life, const Packets& packets, const char* path)
{
    life.open_dump(path);
    for (const auto& packet : packets) {
        life.call("nflogcap_dump_packet",
                  [&] { return nflogcap_dump_packet(life.dump(), packet.get()); });
    }
    life.call("nflogcap_dump_flush", [&] { return nflogcap_dump_flush(life.dump()); });
    const seam::Watch watch;
    // What the disk tells only now is told, and the handle is gone all the same.
    nflogcap_dump_close(std::exchange(life.dump(), nullptr));
}

Scenario::Lead lay_dump()
{
    auto packets = std::make_shared<Packets>(packets_to_dump());
    return [packets, expected = dumped(*packets)](Life& life) {
        const support::TemporaryFile file;
        dump(life, *packets, file.path().c_str());
        life.require(file.bytes() == expected, "the savefile is another");
    };
}

// A file that may not become as long as it is to be, until that was told.
Scenario::Lead lay_full_disk()
{
    auto packets = std::make_shared<Packets>(packets_to_dump());
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &ignored, nullptr);
    return [packets, expected = dumped(*packets)](Life& life) {
        const support::TemporaryFile file;
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const auto limit = [&](rlim_t bytes) {
            const rlimit set{bytes, before.rlim_max};
            setrlimit(RLIMIT_FSIZE, &set);
        };
        limit(expected.size() / 3);
        life.before_again([&] { limit(before.rlim_cur); });
        dump(life, *packets, file.path().c_str());
        limit(before.rlim_cur);
        life.require(!life.refusals().empty(), "the file is longer than it may be");
        life.require(file.bytes() == expected, "the savefile is another");
    };
}

support::FileBytes read_to_the_end(int fd)
{
    support::FileBytes all;
    std::array<std::byte, 4096> some{};
    ssize_t got = 0;
    while ((got = ::read(fd, some.data(), some.size())) > 0)
        all.insert(all.end(), some.begin(), some.begin() + got);
    ::close(fd);
    return all;
}

// A pipe that takes little at once, and lets nobody wait.
Scenario::Lead lay_dump_to_pipe()
{
    auto packets = std::make_shared<Packets>(packets_to_dump());
    return [packets, expected = dumped(*packets)](Life& life) {
        const Redirected output(STDOUT_FILENO);
        support::FileBytes got;
        std::thread reader;
        const auto lay = [&] {
            output.to(STDERR_FILENO); // which ends the pipe before
            if (reader.joinable())
                reader.join();
            const auto [reading, writing] = new_pipe();
            fcntl(writing, F_SETFL, O_NONBLOCK);
            output.to(writing);
            ::close(writing);
            reader = std::thread([&got, reading] { got = read_to_the_end(reading); });
        };
        lay();
        life.before_again([&] {
            if (life.dump() == nullptr) // part of its head may have been written
                lay();
        });
        dump(life, *packets, "-");
        output.to(STDERR_FILENO);
        reader.join();
        life.require(got == expected, "what the pipe took is another savefile");
    };
}

} // namespace

const std::vector<Scenario>& scenarios()
{
    static const std::vector<Scenario> all = {
        {"two groups", lay_groups},
        {"another network namespace, by one who may not force the buffer",
         lay_other_namespace,
         {{"setsockopt SO_RCVBUFFORCE", EPERM}}},
        {"taps", lay_taps},
        {"adaptive delivery", lay_adaptive},
        {"a full socket", lay_full_socket},
        {"a group that another owns", lay_owned},
        {"a start without the capability", lay_without_capability},
        {"a stop without privileges", lay_unprivileged},
        {"a savefile", lay_savefile},
        {"a savefile from a pipe", lay_pipe},
        {"a dump", lay_dump},
        {"a dump onto a full disk", lay_full_disk},
        {"a dump into a pipe", lay_dump_to_pipe},
    };
    return all;
}
