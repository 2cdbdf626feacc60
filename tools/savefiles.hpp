// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"
#include "sink.hpp"

#include <ctime>
#include <memory>
#include <string>

namespace command {

struct CloseDump {
    void operator()(nflogcap_dump* dump) const { nflogcap_dump_close(dump); }
};

// One savefile, or one after the other: a new one by size (-C), by time (-G), at most so many (-W).
// Names and limits are those of tcpdump(8).
class Savefiles : public Sink {
public:
    // Opens the first.
    explicit Savefiles(const CaptureOptions& options);

    bool write(const nflogcap_packet& packet) override;
    [[nodiscard]] bool pending() const override { return pending_; }
    void flush() override;
    bool tick() override;
    [[nodiscard]] bool keeps_watch() const override { return pipe_ || is_the_last_in_time(); }
    void close() override;

private:
    [[nodiscard]] std::string name() const;
    void open();
    template <typename Call>
    void check(Call call);
    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] bool time_is_over(std::time_t now) const;
    [[nodiscard]] bool is_the_last_in_time() const;

    const CaptureOptions& options_;
    bool pipe_; // standard output, and that is one
    std::uint64_t most_bytes_;
    std::uint64_t most_seconds_;
    std::uint64_t files_;

    std::string current_; // its name
    std::unique_ptr<nflogcap_dump, CloseDump> dump_;
    std::uint64_t number_ = 0; // of the file among those of its time, as -C counts
    std::uint64_t times_ = 0;  // that -G has ended
    std::time_t since_;        // when the file's time began
    bool pending_ = false;
};

} // namespace command
