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

// The counters of a reader, which other threads can read during the run.
struct Tally {
    // packets logged to its bindings, from the numbers in the packets
    std::atomic<std::uint64_t> logged = 0;
    std::atomic<std::uint64_t> received = 0;
    std::atomic<std::uint64_t> lost = 0;
    std::atomic<std::uint64_t> filtered = 0;
    std::atomic<std::uint64_t> dropped = 0; // batches
    std::atomic<std::uint64_t> starts = 0;
    std::atomic<std::uint64_t> refused =
        0; // starts that failed because another process owned the group
    // bindings with losses at their end, which no later packet could show
    std::atomic<std::uint64_t> tails = 0;
};

// A way to set up a handle and to read from it.
class Habit {
public:
    using Take = std::function<void(const nflogcap_packet&)>;

    Habit() = default;
    virtual ~Habit() = default;
    Habit(const Habit&) = delete;
    Habit& operator=(const Habit&) = delete;

    virtual void set_up(nflogcap* /*handle*/) {}
    // Waits at most `timeout_ms`. Returns the result of the library's call, or the number of
    // packets.
    virtual int read(nflogcap* handle, int timeout_ms, const Take& take);
    // After this call, all packets must be delivered, also those that a filter would have rejected.
    virtual void settle(nflogcap* /*handle*/) {}
    [[nodiscard]] virtual Account::Gaps gaps() const { return Account::Gaps::are_losses; }
};

// Reads a stream, and compares the packets of each binding with the packets that were sent.
class Reader {
public:
    Reader(std::string name, std::optional<std::uint16_t> group, Stream& stream,
           std::unique_ptr<Habit> habit);
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Runs until all packets are sent. Throws if the counters contradict each other.
    virtual void run(const std::atomic<bool>& all_sent) = 0;

    // Whether the reader keeps its group during the whole run.
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
    // Sends single packets, and reads until one arrives. After that, every earlier loss is known.
    void settle(Stream::Pause& pause);
    // Stops the capture, reads the remaining packets, and checks that the binding got everything
    // that was sent meanwhile.
    void stop();
    // Closes the capture while packets are unread. Only the received packets are checked.
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

// A reader that keeps its group from before the first packet until after the last one.
class SteadyReader : public Reader {
public:
    SteadyReader(std::string name, std::uint16_t group, Stream& stream,
                 std::unique_ptr<Habit> habit);
    void run(const std::atomic<bool>& all_sent) override;
    [[nodiscard]] bool is_steady() const override { return true; }
};

// A reader that starts and ends captures repeatedly. It ends them with a stop or, sometimes, with a
// close.
class RestartingReader : public Reader {
public:
    enum class Traffic {
        // no packets are sent during starts and stops: the packets for each binding are known
        // exactly
        paused,
        flowing, // packets are also sent during starts and stops
    };
    // Without a group, the reader uses a tap, and the library chooses the group.
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
