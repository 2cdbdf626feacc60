// SPDX-License-Identifier: GPL-2.0-or-later
// bench_soak [SECONDS] searches for errors that only appear over time; it runs for 60 seconds by
// default. In a separate network namespace, readers of every kind receive numbered packets, while
// handles, rules, taps and other processes start and end. Fails, with the reason, if a packet is
// not accounted for, or if the use of memory or descriptors grows. Ctrl-C ends the run early, with
// the table of results. docs/testing.md describes the checks.
#include "habits.hpp"
#include "network.hpp"
#include "other_process.hpp"
#include "reader.hpp"
#include "resources.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

using soak::Clock;
using soak::Reader;
using soak::RestartingReader;
using soak::SteadyReader;
using soak::Stream;
using std::chrono::milliseconds;

namespace {

constexpr int samples_per_second = 10;
constexpr const char* table = "inet soak";
constexpr std::uint16_t first_port = 7000;
constexpr std::uint16_t changing = 8; // the rules of this group are added and removed
constexpr std::uint16_t paused = 9;
constexpr std::uint16_t restarted = 10;
constexpr std::uint16_t contested = 11;
// this stream is found only by its port, because the library chooses the group
constexpr std::uint16_t tapped = 12;

unsigned long long as_printed(std::uint64_t number)
{
    return number;
}

std::string log_to(std::uint16_t group)
{
    return "udp dport " + std::to_string(first_port + group) + " counter name \"group" +
           std::to_string(group) + "\" log group " + std::to_string(group);
}

// Returns one transaction of nft, so that a packet meets the rule once or not at all. The counter
// keeps its value.
std::string no_changing_rule()
{
    return std::string("flush chain ") + table + " changing\n";
}
std::string changing_rule()
{
    return no_changing_rule() + "add rule " + table + " changing " + log_to(changing) + "\n";
}

// Adds the rules. They log at the hook output, which packets pass during the system call that sends
// them. The packets are dropped when they are received.
void lay_rules()
{
    std::string logged;
    std::string counters;
    for (std::uint16_t group = 1; group <= contested; ++group) {
        counters += "counter group" + std::to_string(group) + " { }\n";
        if (group != changing)
            logged += log_to(group) + "\n";
    }
    support::nft(std::string("table ") + table + " {\n" + counters +
                 "chain logged { type filter hook output priority 0\n" + logged +
                 "}\nchain changing { type filter hook output priority 0\n}\n"
                 "chain dropped { type filter hook prerouting priority 0\ndrop\n}\n}");
}

// Collects the failures of all threads. A failure ends the run.
class Findings {
public:
    explicit Findings(std::atomic<bool>& over) : over_(over) {}
    void add(const std::string& name, const std::string& words)
    {
        const std::lock_guard lock(mutex_);
        ++count_;
        std::fprintf(stderr, "bench_soak: %s: %s\n", name.c_str(), words.c_str());
        over_ = true;
    }
    [[nodiscard]] int count() const { return count_; }

private:
    std::mutex mutex_;
    std::atomic<bool>& over_;
    std::atomic<int> count_ = 0;
};

// Returns the number of packets that the rule of the group has logged.
std::uint64_t counted(std::uint16_t group)
{
    const std::string listed =
        support::nft(std::string("list counter ") + table + " group" + std::to_string(group));
    constexpr std::string_view before = "packets ";
    const std::size_t at = listed.find(before);
    soak::expect(at != std::string::npos, "nft lists no counter: " + listed);
    return std::stoull(listed.substr(at + before.size()));
}

class Soak {
public:
    explicit Soak(std::chrono::seconds length) : length_(length) {}
    // Returns the exit status.
    int run();

private:
    Stream& add_stream(std::uint16_t number, Stream::Pace pace, std::uint64_t rate = 0);
    void add_steady_readers();
    void add_restarting_readers();
    void read_and_send();
    void watch(Clock::time_point begin);
    [[nodiscard]] std::uint64_t lost() const;
    void print_status(Clock::duration elapsed) const;
    void check_counter(const Reader& reader) const;
    void check_what_is_left(const soak::Resources& before);
    void print_table() const;
    template <typename Work>
    std::thread thread(const std::string& name, Work work);

    std::chrono::seconds length_;
    std::atomic<bool> over_ = false;
    std::atomic<bool> all_sent_ = false;
    Findings findings_{over_};
    std::list<Stream> streams_;
    std::list<std::unique_ptr<Reader>> readers_;
    soak::Rivalry rivalry_;
    soak::Trend trend_{static_cast<std::size_t>(length_.count() * samples_per_second)};
};

std::uint16_t port_of(int number)
{
    return static_cast<std::uint16_t>(first_port + number);
}

Stream& Soak::add_stream(std::uint16_t number, Stream::Pace pace, std::uint64_t rate)
{
    return streams_.emplace_back(Stream::Plan{port_of(number), pace, rate});
}

void Soak::add_steady_readers()
{
    using Pace = Stream::Pace;
    const auto add = [this](const char* name, std::uint16_t group,
                            std::unique_ptr<soak::Habit> habit, Pace pace, std::uint64_t rate = 0) {
        readers_.push_back(std::make_unique<SteadyReader>(
            name, group, add_stream(group, pace, rate), std::move(habit)));
    };
    add("next_batch", 1, soak::in_batches(), Pace::full);
    add("next", 2, soak::one_by_one(), Pace::full);
    add("slow", 3, soak::slowly(), Pace::full);
    add("adaptive", 4, soak::adaptively(), Pace::waves);
    add("polling", 5, soak::polling(), Pace::steady, 50'000);
    add("filter", 6, soak::filtering(), Pace::steady, 50'000);
    add("savefiles", 7, soak::through_savefiles(), Pace::steady, 20'000);
    add("rules change", changing, soak::while_rules_change(), Pace::steady, 20'000);
}

void Soak::add_restarting_readers()
{
    using Traffic = RestartingReader::Traffic;
    using Pace = Stream::Pace;
    const auto add = [this](const char* name, std::optional<std::uint16_t> group, Stream& stream,
                            std::unique_ptr<soak::Habit> habit, Traffic traffic) {
        readers_.push_back(
            std::make_unique<RestartingReader>(name, group, stream, std::move(habit), traffic));
    };
    add("paused", paused, add_stream(paused, Pace::full), soak::slowly(), Traffic::paused);
    add("restarted", restarted, add_stream(restarted, Pace::steady, 20'000), soak::in_batches(),
        Traffic::flowing);
    add("contested", contested, add_stream(contested, Pace::steady, 100'000), soak::slowly(),
        Traffic::flowing);
    add("tap", std::nullopt, add_stream(tapped, Pace::steady, 20'000), soak::in_batches(),
        Traffic::flowing);
}

// Starts a thread. If the work in it fails, the whole run ends.
template <typename Work>
std::thread Soak::thread(const std::string& name, Work work)
{
    return std::thread([this, name, work] {
        try {
            work();
        } catch (const std::exception& failure) {
            findings_.add(name, failure.what());
        }
    });
}

int Soak::run()
{
    lay_rules();
    const soak::Resources before = soak::resources_now();
    try {
        add_steady_readers();
        add_restarting_readers();
        read_and_send();
        for (const auto& reader : readers_)
            check_counter(*reader);
    } catch (const std::exception& failure) {
        findings_.add("set-up", failure.what());
    }
    print_table();
    if (findings_.count() == 0 && lost() == 0)
        findings_.add("slow",
                      "nothing was lost, and therefore no loss was checked; run it for longer");
    readers_.clear();
    streams_.clear();
    check_what_is_left(before);
    std::puts(findings_.count() == 0 ? "everything is accounted for, and nothing grows" : "FAILED");
    return findings_.count() == 0 ? 0 : 1;
}

void Soak::read_and_send()
{
    const Clock::time_point begin = Clock::now();
    std::vector<std::thread> readers;
    std::vector<std::thread> senders;
    for (const auto& reader : readers_)
        readers.push_back(thread(reader->name(), [this, &reader] { reader->run(all_sent_); }));
    constexpr std::uint64_t max_per_second = 2'000'000;
    const auto max = static_cast<std::uint64_t>(length_.count()) * max_per_second;
    for (Stream& stream : streams_)
        senders.push_back(thread(
            "sender", [this, &stream, begin, max] { stream.run(over_, begin + length_, max); }));
    senders.push_back(thread("rival", [this] {
        soak::be_rival(std::to_string(contested), port_of(contested), over_, rivalry_);
    }));
    senders.push_back(
        thread("rival's tap", [this] { soak::be_rival("tap", port_of(tapped), over_, rivalry_); }));
    senders.push_back(thread("rules", [this] {
        const soak::OtherProcess changes({"change-rules", changing_rule(), no_changing_rule()});
        while (!over_)
            std::this_thread::sleep_for(milliseconds(10));
    }));
    watch(begin);
    for (std::thread& sender : senders)
        sender.join();
    support::nft(changing_rule()); // from now on the rule exists, so that the last packet is logged
    all_sent_ = true;
    for (std::thread& reader : readers)
        reader.join();
}

// Waits until the time is over, a thread has failed, or the user presses Ctrl-C.
void Soak::watch(Clock::time_point begin)
{
    constexpr std::chrono::seconds between_lines(5);
    Clock::time_point next_line = begin + between_lines;
    sigset_t signals{};
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    const timespec moment = {0, 20'000'000};
    for (int samples = 1; !over_ && Clock::now() < begin + length_;) {
        if (sigtimedwait(&signals, nullptr, &moment) > 0)
            break;
        if (Clock::now() < begin + samples * milliseconds(1000 / samples_per_second))
            continue;
        trend_.sample();
        ++samples;
        if (Clock::now() >= next_line) {
            print_status(Clock::now() - begin);
            next_line += between_lines;
        }
    }
    over_ = true;
}

std::uint64_t Soak::lost() const
{
    std::uint64_t lost = 0;
    for (const auto& reader : readers_)
        lost += reader->tally().lost;
    return lost;
}

void Soak::print_status(Clock::duration elapsed) const
{
    std::uint64_t received = 0;
    std::uint64_t starts = 0;
    for (const auto& reader : readers_) {
        received += reader->tally().received;
        starts += reader->tally().starts;
    }
    const soak::Resources now = soak::resources_now();
    std::printf(
        "%5lld s: received %llu, lost %llu, starts %llu, killed %llu; allocated %zu KiB, "
        "resident %zu KiB, descriptors %zu\n",
        static_cast<long long>(std::chrono::duration_cast<std::chrono::seconds>(elapsed).count()),
        as_printed(received), as_printed(lost()), as_printed(starts), as_printed(rivalry_.killed),
        now.allocated / 1024, now.resident / 1024, now.descriptors);
    std::fflush(stdout);
}

// Compares the reader's counters with the counter of its rule, in which the kernel counts the
// packets sent to the reader.
void Soak::check_counter(const Reader& reader) const
{
    if (!reader.group() || findings_.count() > 0)
        return;
    const std::uint64_t logged = counted(*reader.group());
    const std::string words = reader.name() + ": the rule logged " + std::to_string(logged);
    if (*reader.group() != changing)
        soak::expect(logged == reader.stream().sent().certain,
                     words + ", but " + std::to_string(reader.stream().sent().certain) +
                         " were sent");
    const soak::Tally& tally = reader.tally();
    if (reader.is_steady())
        soak::expect(tally.received + tally.lost == logged,
                     words + ", but received " + std::to_string(tally.received) + " + lost " +
                         std::to_string(tally.lost) + " differs from that");
}

void Soak::check_what_is_left(const soak::Resources& before)
{
    const soak::Trend::Verdict trend = trend_.verdict();
    std::printf("\n%-12s %14s %14s %14s\n%s", "minimum in", "first third", "last third",
                "allowed growth", trend.table.c_str());
    if (!trend.growth.empty())
        findings_.add("resources", trend.growth);
    if (const std::string left = soak::left_since(before); !left.empty())
        findings_.add("resources", left);
    if (const std::string tables = support::nft("list tables"); tables != "table inet soak\n")
        findings_.add("taps", "tables remain: " + tables);
    std::ifstream groups("/proc/thread-self/net/netfilter/nfnetlink_log");
    const std::string bound(std::istreambuf_iterator<char>(groups), {});
    if (!bound.empty())
        findings_.add("groups", "groups are still bound: " + bound);
}

void Soak::print_table() const
{
    std::printf("\n%-13s %13s %13s %13s %11s %11s %8s %7s %7s %6s\n", "reader", "sent", "logged",
                "received", "lost", "filtered", "dropped", "starts", "refused", "tails");
    for (const auto& reader : readers_) {
        const soak::Tally& tally = reader->tally();
        std::printf("%-13s %13llu %13llu %13llu %11llu %11llu %8llu %7llu %7llu %6llu\n",
                    reader->name().c_str(), as_printed(reader->stream().sent().certain),
                    as_printed(tally.logged), as_printed(tally.received), as_printed(tally.lost),
                    as_printed(tally.filtered), as_printed(tally.dropped), as_printed(tally.starts),
                    as_printed(tally.refused), as_printed(tally.tails));
    }
    std::printf("other processes: %llu; killed: %llu\n", as_printed(rivalry_.processes),
                as_printed(rivalry_.killed));
}

// Returns the duration in seconds, or 0 if the arguments are invalid.
unsigned seconds_of(const std::vector<std::string>& arguments)
{
    constexpr unsigned by_default = 60;
    if (arguments.empty())
        return by_default;
    unsigned seconds = 0;
    const std::string& text = arguments.front();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && arguments.size() == 1 ? seconds : 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() > 1)
        return soak::work(arguments);
    const unsigned seconds = seconds_of(arguments);
    if (seconds == 0)
        return std::fputs("usage: bench_soak [SECONDS]\n", stderr), 2;
    try {
        support::require_live();
        // All threads block these signals; only the watching thread receives them.
        sigset_t signals{};
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        const support::Namespace ns;
        return Soak(std::chrono::seconds(seconds)).run();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_soak: %s\n", failure.what());
        return 1;
    }
}
