// SPDX-License-Identifier: GPL-2.0-or-later
#include "reader.hpp"

#include <array>
#include <cerrno>
#include <thread>
#include <utility>

namespace soak {

using std::chrono::milliseconds;

namespace {

constexpr int look_ms = 20;

int random_up_to(std::minstd_rand& random, int max)
{
    return std::uniform_int_distribution(0, max)(random);
}

} // namespace

int Habit::read(nflogcap* handle, int timeout_ms, const Take& take)
{
    std::array<const nflogcap_packet*, 256> packets{};
    const int got = nflogcap_next_batch(handle, packets.data(), packets.size(), timeout_ms);
    for (int i = 0; i < got; ++i)
        take(*packets.at(static_cast<std::size_t>(i)));
    return got;
}

Reader::Reader(std::string name, std::optional<std::uint16_t> group, Stream& stream,
               std::unique_ptr<Habit> habit)
    : name_(std::move(name)), group_(group), stream_(stream), habit_(std::move(habit)),
      account_(habit_->gaps())
{
}

void Reader::open()
{
    closed_.received = tally_.received.load();
    closed_.lost = tally_.lost.load();
    closed_.filtered = tally_.filtered.load();
    closed_.dropped = tally_.dropped.load();
    handle_ = support::capture_of({});
    const std::string match = "udp dport " + std::to_string(stream_.port());
    const int code = group_ ? nflogcap_add_group(handle_.get(), *group_)
                            : nflogcap_add_tap(handle_.get(), "output", match.c_str());
    expect(code == 0, nflogcap_error(handle_.get()));
    habit_->set_up(handle_.get());
}

bool Reader::start()
{
    if (!handle_)
        open();
    before_ = support::stats_of(handle_);
    account_ = Account(habit_->gaps());
    const std::uint64_t certain = stream_.sent().certain;
    const int code = nflogcap_start(handle_.get());
    begin_ = {certain, stream_.sent().possible};
    if (code == -EPERM) {
        ++tally_.refused;
        if (!group_)
            handle_.reset(); // a new handle chooses another group for its tap
        return false;
    }
    expect(code == 0, std::string("cannot start: ") + nflogcap_error(handle_.get()));
    ++tally_.starts;
    return true;
}

int Reader::read(int timeout_ms)
{
    const int got = habit_->read(handle_.get(), timeout_ms,
                                 [this](const nflogcap_packet& packet) { account_.take(packet); });
    expect(got >= 0 || got == -ENODATA,
           std::string("cannot read: ") + nflogcap_error(handle_.get()));
    constexpr milliseconds often(100);
    if (Clock::now() - published_ >= often)
        publish();
    return got;
}

void Reader::publish()
{
    published_ = Clock::now();
    const nflogcap_stats stats = support::stats_of(handle_);
    tally_.received = closed_.received + stats.received;
    tally_.lost = closed_.lost + stats.lost;
    tally_.filtered = closed_.filtered + stats.filtered;
    tally_.dropped = closed_.dropped + stats.dropped_batches;
}

void Reader::settle(Stream::Pause& pause)
{
    constexpr int attempts = 200;
    habit_->settle(handle_.get());
    for (int attempt = 0; attempt < attempts; ++attempt) {
        // this packet can also be dropped, until the reader has emptied the socket's queue
        pause.send_one();
        while (read(look_ms) > 0)
            ;
        if (account_.range() && account_.range()->next == stream_.sent().possible)
            return;
    }
    expect(false,
           "up to " + std::to_string(stream_.sent().possible) +
               " packets were sent, but none arrived after " +
               (account_.range() ? std::to_string(account_.range()->next - 1) : "the start"));
}

void Reader::stop()
{
    const std::uint64_t certain = stream_.sent().certain;
    nflogcap_stop(handle_.get());
    while (read(-1) > 0)
        ;
    const nflogcap_stats stats = support::stats_of(handle_);
    check_counters(stats);
    if (stats.unaccounted_batches > before_.unaccounted_batches)
        ++tally_.tails;
    else
        check_end(stats, {certain, stream_.sent().possible});
    conclude(stats);
}

void Reader::close()
{
    const nflogcap_stats stats = support::stats_of(handle_);
    check_counters(stats);
    conclude(stats);
    handle_.reset();
}

void Reader::check_counters(const nflogcap_stats& stats) const
{
    const std::uint64_t received = stats.received - before_.received;
    const std::uint64_t lost = stats.lost - before_.lost;
    const std::uint64_t delivered = stats.delivered - before_.delivered;
    const std::uint64_t filtered = stats.filtered - before_.filtered;
    expect(stats.malformed == 0 && stats.truncated == 0,
           "there were malformed or truncated messages");
    expect(delivered == account_.taken(), "delivered is " + std::to_string(delivered) + ", but " +
                                              std::to_string(account_.taken()) +
                                              " packets arrived");
    expect(received == delivered + filtered, "received is not delivered + filtered");
    if (!account_.range() || habit_->gaps() == Account::Gaps::allowed)
        return;
    const std::uint64_t logged = account_.range()->next - account_.range()->first;
    expect(received + lost == logged,
           "received " + std::to_string(received) + " + lost " + std::to_string(lost) +
               " differs from the number sent meanwhile, " + std::to_string(logged));
    expect(begin_.certain <= account_.range()->first && account_.range()->first <= begin_.possible,
           "the binding began with packet " + std::to_string(account_.range()->first) +
               ", but it was bound when between " + std::to_string(begin_.certain) + " and " +
               std::to_string(begin_.possible) + " packets had been sent");
}

// Checks the end of a binding: if no loss is missing in the counters, the last received packet is
// the last one that was sent.
void Reader::check_end(const nflogcap_stats& stats, const Stream::Sent& end) const
{
    if (!account_.range()) {
        expect(stats.received == before_.received && end.certain <= begin_.possible,
               "nothing arrived, but it was bound when at most " + std::to_string(begin_.possible) +
                   " packets had been sent, and until " + std::to_string(end.certain) +
                   " had been sent");
        return;
    }
    expect(end.certain <= account_.range()->next && account_.range()->next <= end.possible,
           "the last is packet " + std::to_string(account_.range()->next - 1) +
               ", and no loss is reported after it, but it was unbound when between " +
               std::to_string(end.certain) + " and " + std::to_string(end.possible) +
               " packets had been sent");
}

void Reader::conclude(const nflogcap_stats& stats)
{
    publish();
    tally_.logged += habit_->gaps() == Account::Gaps::are_losses && account_.range()
                         ? account_.range()->next - account_.range()->first
                         : stats.received - before_.received + stats.lost - before_.lost;
}

SteadyReader::SteadyReader(std::string name, std::uint16_t group, Stream& stream,
                           std::unique_ptr<Habit> habit)
    : Reader(std::move(name), group, stream, std::move(habit))
{
    start(); // before the first packet
}

void SteadyReader::run(const std::atomic<bool>& all_sent)
{
    while (!all_sent)
        read(look_ms);
    Stream::Pause pause(stream());
    settle(pause);
    stop();
}

RestartingReader::RestartingReader(std::string name, std::optional<std::uint16_t> group,
                                   Stream& stream, std::unique_ptr<Habit> habit, Traffic traffic)
    : Reader(std::move(name), group, stream, std::move(habit)), traffic_(traffic)
{
}

void RestartingReader::run(const std::atomic<bool>& all_sent)
{
    constexpr int longest_ms = 30;
    while (!all_sent) {
        if (!begin()) {
            std::this_thread::sleep_for(milliseconds(1));
            continue;
        }
        const auto until = Clock::now() + milliseconds(random_up_to(random_, longest_ms));
        while (Clock::now() < until)
            read(1);
        end();
    }
}

bool RestartingReader::begin()
{
    if (traffic_ == Traffic::flowing)
        return start();
    const Stream::Pause pause(stream());
    return start();
}

void RestartingReader::end()
{
    constexpr int one_in = 4;
    if (random_up_to(random_, one_in - 1) == 0)
        return close();
    if (traffic_ == Traffic::flowing)
        return stop();
    Stream::Pause pause(stream());
    settle(pause);
    stop();
}

} // namespace soak
