// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"
#include "packet_file.hpp"
#include "postrotate.hpp"
#include "sink.hpp"

#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace command {

// The files of -w: a new file begins when a size (-C) or a time (-G) is reached, and -W can limit
// their number. Names and limits are as in tcpdump(8). The files are savefiles, or contain lines of
// JSON.
class Savefiles : public Sink {
public:
    // Returns whether -w names regular files, so that there can be more than one. Returns false for
    // standard output and for a FIFO.
    [[nodiscard]] static bool are_files(const CaptureOptions& options);

    // Opens the first file.
    Savefiles(nflogcap* handle, const CaptureOptions& options);

    bool write(const nflogcap_packet& packet) override;
    [[nodiscard]] bool pending() const override;
    void flush() override;
    [[nodiscard]] int fd() const override;
    bool tick() override;
    [[nodiscard]] bool is_timed() const override
    {
        return is_the_last_in_time() || post_rotate_.is_running() || (is_compressed_ && pending_);
    }
    void begin_file() override;
    void close() override;
    [[nodiscard]] std::uint64_t packets() const override;
    [[nodiscard]] std::uint64_t skipped() const override;

private:
    void begin_period();
    [[nodiscard]] std::string name() const;
    [[nodiscard]] bool is_taken(const std::string& name) const;
    void open();
    void end_file();
    void begin_next_in_size();
    [[nodiscard]] bool time_is_over() const;
    [[nodiscard]] bool is_the_last_in_time() const;

    nflogcap* handle_;
    const CaptureOptions& options_;
    std::uint64_t max_bytes_;
    std::uint64_t max_seconds_;
    std::uint64_t files_;
    bool is_compressed_;

    PostRotate post_rotate_;
    std::string current_; // name of the current file
    std::unique_ptr<PacketFile> file_;
    std::uint64_t closed_packets_ = 0; // packets in the files before the current one
    std::uint64_t closed_skipped_ = 0; // packets that those files could not hold
    bool pending_ = false;
    std::chrono::nanoseconds flushed_at_{}; // time of the last flush or opening, by uptime()

    // The current period of -G:
    std::uint64_t number_ = 0;         // number of the current file, as -C counts it
    std::uint64_t periods_ = 0;        // number of periods before it
    std::chrono::nanoseconds since_{}; // its beginning, by uptime()
    std::tm local_{};                  // its beginning in local time, for the names of its files
    std::uint64_t repetition_ = 0;     // number added to a name that is already in use
    bool repeats_ = false;             // its local time occurred before

    // Local times of periods, as increasing numbers. A new era begins if the clock is set back by
    // more than a day. Without eras, one period with a clock that was years ahead would make all
    // later times count as repeated.
    struct Era {
        std::time_t first;
        std::time_t latest;
    };
    std::vector<Era> eras_;

    // What this capture has written under each name.
    struct File {
        std::uint64_t period;
        std::uint64_t number;
        std::uint64_t repetition;
    };
    std::unordered_map<std::string, File> written_;
};

} // namespace command
