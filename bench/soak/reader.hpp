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

// What a reader has counted so far, for others to look at.
struct Tally {
    std::atomic<std::uint64_t> logged = 0; // to its bindings, by the numbers in the packets
    std::atomic<std::uint64_t> received = 0;
    std::atomic<std::uint64_t> lost = 0;
    std::atomic<std::uint64_t> filtered = 0;
    std::atomic<std::uint64_t> dropped = 0; // batches
    std::atomic<std::uint64_t> starts = 0;
    std::atomic<std::uint64_t> refused = 0; // starts, since another process owned the group
    std::atomic<std::uint64_t> tails = 0;   // bindings whose last losses no packet could show
};

// How a handle is made for use, and read.
class Habit {
public:
    using Take = std::function<void(const nflogcap_packet&)>;

    Habit() = default;
    virtual ~Habit() = default;
    Habit(const Habit&) = delete;
    Habit& operator=(const Habit&) = delete;

    virtual void set_up(nflogcap* /*handle*/) {}
    // Waits that long at most. What next returned, or how many there were.
    virtual int read(nflogcap* handle, int timeout_ms, const Take& take);
    // The packets from here on are to be delivered, whatever was filtered.
    virtual void settle(nflogcap* /*handle*/) {}
    [[nodiscard]] virtual Account::Gaps gaps() const { return Account::Gaps::are_losses; }
};

// Reads a stream, and holds each binding against what was sent.
class Reader {
public:
    Reader(std::string name, std::optional<std::uint16_t> group, Stream& stream,
           std::unique_ptr<Habit> habit);
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Until all was sent. Throws where an identity is broken.
    virtual void run(const std::atomic<bool>& all_sent) = 0;

    // Whether it holds its group all the time.
    [[nodiscard]] virtual bool is_steady() const { return false; }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::optional<std::uint16_t> group() const { return group_; }
    [[nodiscard]] Stream& stream() const { return stream_; }
    [[nodiscard]] const Tally& tally() const { return tally_; }

protected:
    // A handle that is set up, with a tap where the reader has no group.
    void open();
    // False where another process owns the group.
    bool start();
    int read(int timeout_ms);
    // Has a packet sent, and reads until it comes: then every loss before it is known.
    void settle(Stream::Pause& pause);
    // Stops, reads what is left, and checks that the binding had all that was sent meanwhile.
    void stop();
    // Closes with packets unread; what came is checked.
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
    Tally closed_; // of the handles before
    Tally tally_;
};

// Holds its group from before the first packet to behind the last.
class SteadyReader : public Reader {
public:
    SteadyReader(std::string name, std::uint16_t group, Stream& stream,
                 std::unique_ptr<Habit> habit);
    void run(const std::atomic<bool>& all_sent) override;
    [[nodiscard]] bool is_steady() const override { return true; }
};

// Starts and ends over and over, by a stop or, now and then, by a close.
class RestartingReader : public Reader {
public:
    enum class Traffic {
        paused,  // around each start and stop: what is sent to a binding is exactly known
        flowing, // through them
    };
    // Without a group it taps, and the library chooses one.
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
