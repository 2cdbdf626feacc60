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

// The files of -w, one after the other: a new one by size (-C), by time (-G), at most so many (-W).
// Names and limits are those of tcpdump(8). They are savefiles, or have lines of JSON.
class Savefiles : public Sink {
public:
    // Whether -w names a regular file, so that there can be several: not standard output, not a
    // FIFO.
    [[nodiscard]] static bool are_files(const CaptureOptions& options);

    // Opens the first.
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
    std::uint64_t most_bytes_;
    std::uint64_t most_seconds_;
    std::uint64_t files_;
    bool is_compressed_;

    PostRotate post_rotate_;
    std::string current_; // its name
    std::unique_ptr<PacketFile> file_;
    std::uint64_t closed_packets_ = 0; // those in the files before
    std::uint64_t closed_skipped_ = 0; // and those that these could not hold
    bool pending_ = false;
    std::chrono::nanoseconds flushed_at_{}; // or opened, by a clock that nobody sets

    // Of the file's period:
    std::uint64_t number_ = 0;         // of the file in it, as -C counts
    std::uint64_t periods_ = 0;        // that -G has ended before it
    std::chrono::nanoseconds since_{}; // its beginning, by a clock that nobody sets
    std::tm local_{};                  // and the local time then, which names its files
    std::uint64_t repetition_ = 0;     // of its name, if that was taken
    bool repeats_ = false;             // that local time is one that was seen before

    // The local times of periods, as numbers that grow with them. Another era begins if the clock
    // is set back by more than a day, so that one which was years ahead does not count for long.
    struct Era {
        std::time_t first;
        std::time_t latest;
    };
    std::vector<Era> eras_;

    // What this capture has written, by name.
    struct File {
        std::uint64_t period;
        std::uint64_t number;
        std::uint64_t repetition;
    };
    std::unordered_map<std::string, File> written_;
};

} // namespace command
