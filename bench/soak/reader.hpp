// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"
#include "capture.hpp"
#include "stream.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <nflogcap.h>
#include <optional>
#include <random>
#include <string>

namespace soak {

// The counters of a reader so far, for the other threads.
struct Tally {
    std::atomic<std::uint64_t> logged = 0; // to its bindings, by the numbers in the packets
    std::atomic<std::uint64_t> received = 0;
    std::atomic<std::uint64_t> lost = 0;
    std::atomic<std::uint64_t> filtered = 0;
    std::atomic<std::uint64_t> dropped = 0; // batches
    std::atomic<std::uint64_t> starts = 0;
    std::atomic<std::uint64_t> refused =
        0; // starts that failed because another process owned the group
    std::atomic<std::uint64_t> tails = 0; // bindings with last losses that no packet could show
};

// A way to set up a handle and to read it.
class Habit {
public:
    using Take = std::function<void(const nflogcap_packet&)>;

    Habit() = default;
    virtual ~Habit() = default;
    Habit(const Habit&) = delete;
    Habit& operator=(const Habit&) = delete;

    virtual void set_up(nflogcap* /*handle*/) {}
    // Waits at most this long. Returns the result of the library's call, or the number of packets.
    virtual int read(nflogcap* handle, int timeout_ms, const Take& take);
    // From here on all packets must be delivered, also those that were filtered.
    virtual void settle(nflogcap* /*handle*/) {}
    [[nodiscard]] virtual Account::Gaps gaps() const { return Account::Gaps::are_losses; }
};

// Reads a stream, and compares each binding with what was sent.
class Reader {
public:
    Reader(std::string name, std::optional<std::uint16_t> group, Stream& stream,
           std::unique_ptr<Habit> habit);
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Runs until all packets are sent. Throws if the counters contradict each other.
    virtual void run(const std::atomic<bool>& all_sent) = 0;

    // Whether it keeps its group during the whole run.
    [[nodiscard]] virtual bool is_steady() const { return false; }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::optional<std::uint16_t> group() const { return group_; }
    [[nodiscard]] Stream& stream() const { return stream_; }
    [[nodiscard]] const Tally& tally() const { return tally_; }

protected:
    // Creates and sets up a handle, with a tap if the reader has no group.
    void open();
    // Returns false if another process owns the group.
    bool start();
    int read(int timeout_ms);
    // Lets one packet be sent, and reads until it arrives: then every loss before it is known.
    void settle(Stream::Pause& pause);
    // Stops, reads the rest, and checks that the binding had everything that was sent meanwhile.
    void stop();
    // Closes with unread packets; the received packets are checked.
    void close();

    void publish();

private:
    void check_counters(const nflogcap_stats& stats) const;
    void check_end(const nflogcap_stats& stats, const Stream::Sent& end) const;
    void conclude(const nflogcap_stats& stats);

    std::string name_;
    std::optional<std::uint16_t> group_;
    Stream& stream_;
    std::unique_ptr<Habit> habit_;
    support::Handle handle_;
    nflogcap_stats before_{}; // the handle's counters when the binding began
    Stream::Sent begin_{};
    Account account_;
    Clock::time_point published_;
    Tally closed_; // counters of the previous handles
    Tally tally_;
};

// Keeps its group from before the first packet until after the last.
class SteadyReader : public Reader {
public:
    SteadyReader(std::string name, std::uint16_t group, Stream& stream,
                 std::unique_ptr<Habit> habit);
    void run(const std::atomic<bool>& all_sent) override;
    [[nodiscard]] bool is_steady() const override { return true; }
};

// Starts and ends repeatedly, with a stop or, sometimes, with a close.
class RestartingReader : public Reader {
public:
    enum class Traffic {
        paused,  // during each start and stop: what is sent to a binding is known exactly
        flowing, // during starts and stops
    };
    // Without a group it uses a tap, and the library chooses the group.
    RestartingReader(std::string name, std::optional<std::uint16_t> group, Stream& stream,
                     std::unique_ptr<Habit> habit, Traffic traffic);
    void run(const std::atomic<bool>& all_sent) override;

private:
    bool begin();
    void end();

    Traffic traffic_;
    std::minstd_rand random_{std::random_device()()};
};

} // namespace soak
