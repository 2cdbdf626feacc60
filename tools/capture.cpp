// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture.hpp"

#include "captured_groups.hpp"
#include "handle.hpp"
#include "handover.hpp"
#include "monitoring.hpp"
#include "printer.hpp"
#include "privileges.hpp"
#include "reconfiguration.hpp"
#include "requests.hpp"
#include "same_file.hpp"
#include "savefiles.hpp"
#include "signals.hpp"
#include "spool_sink.hpp"
#include "status_line.hpp"
#include "summary.hpp"
#include "top.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>
#include <poll.h>
#include <utility>
#include <vector>

namespace command {

namespace {

constexpr std::size_t max_batch_packets = 256;

void set_up(const Handle& handle, const CaptureOptions& options)
{
    nflogcap* capture = handle.get();
    set_filter(handle, options);
    if (options.snaplen)
        check(handle, nflogcap_set_snaplen(capture, *options.snaplen));
    if (options.socket_buffer_kib) {
        constexpr std::uint32_t bytes_per_kib = 1024;
        check(handle,
              nflogcap_set_socket_buffer(capture, *options.socket_buffer_kib * bytes_per_kib));
    }
    if (options.conntrack)
        check(handle, nflogcap_set_conntrack(capture, 1));
    if (!options.netns.empty())
        check(handle, nflogcap_set_netns(capture, options.netns.c_str()));
    if (!options.read.empty())
        check(handle, nflogcap_set_savefile(capture, options.read.c_str()));
    add_tap(handle, options);
}

void start(const Handle& handle, const CaptureOptions& options, Handover& handover)
{
    for (const std::uint16_t group : options.groups)
        check(handle, nflogcap_add_group(handle.get(), group));
    int code = 0;
    do {
        code = nflogcap_start(handle.get());
    } while (code == -EINTR || // a signal requested something; the loop does it later
             (code == -EPERM && handover.awaits_release()));
    check(handle, code);
}

std::string waiting_words(const CaptureOptions& options)
{
    if (!options.read.empty())
        return "reading " + options.read;
    if (options.groups.empty())
        return "no packet yet; Ctrl-C stops";
    std::string words = "no packet yet; 'nflogcap doctor";
    for (const std::uint16_t group : options.groups)
        words += " -g " + std::to_string(group);
    return words + "' looks for a rule that logs; Ctrl-C stops";
}

std::unique_ptr<Sink> open_sink(const Handle& handle, const CaptureOptions& options,
                                const Handover& handover, StatusLine& status)
{
    if (!options.spool.empty())
        return std::make_unique<SpoolSink>(handle, options, groups_of(handle, options), handover,
                                           status);
    if (!options.write.empty())
        return std::make_unique<Savefiles>(handle.get(), options);
    require_not_read(options, "-");
    if (options.top)
        return std::make_unique<Top>(handle, options, status, waiting_words(options));
    return std::make_unique<Printer>(handle.get(), options, status);
}

void print_summary(const Handle& handle, const Sink* sink, const CaptureOptions& options)
{
    std::fputs(summary(sink != nullptr ? sink->packets() : 0, sink != nullptr ? sink->skipped() : 0,
                       stats_of(handle), options)
                   .c_str(),
               stderr);
}

// Moves packets from the kernel or from a file into the sink.
class Loop {
public:
    Loop(const Handle& handle, const CaptureOptions& options, Requests& requests,
         Reconfiguration& reconfiguration, Handover& handover, Sink& sink, StatusLine& status,
         Monitoring& monitoring)
        : handle_(handle), options_(options), requests_(requests),
          reconfiguration_(reconfiguration), handover_(handover), sink_(sink), status_(status),
          monitoring_(monitoring), max_packets_(options.count), from_file_(!options.read.empty()),
          tick_(std::min(monitoring.tick_interval(), sink.tick_interval()))
    {
    }

    void run()
    {
        show_status();
        while (!over_ && !(from_file_ && StopOnSignal::stopped())) {
            const int count = next_batch();
            if (count == -ENODATA)
                break;
            if (count ==
                -ECANCELED) { // a signal requested something, or the screen must be redrawn
                obey();
                look_around();
                continue;
            }
            check(handle_, count);
            for (int i = 0; i < count && !over_; ++i)
                take(*packets_[static_cast<std::size_t>(i)]);
            if (count == 0)
                wait();
            if (Clock::now() >= next_tick_)
                look_around();
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    int next_batch()
    {
        std::size_t room = packets_.size();
        if (max_packets_ > 0)
            room = static_cast<std::size_t>(std::min<std::uint64_t>(room, max_packets_ - taken_));
        return nflogcap_next_batch(handle_.get(), packets_.data(), room, 0);
    }

    // Waits until one of these occurs: a packet arrives, the capture is stopped (the capture's
    // descriptor reports both), the reader closes the output, or the next tick is due.
    void wait()
    {
        // The kernel has no more packets of removed groups.
        if (std::exchange(has_leaving_groups_, false))
            sink_.set_groups(reconfiguration_.groups());
        if (sink_.pending()) { // packets must not stay unwritten until later packets arrive
            sink_.flush();
            handover_.mark_stored(sink_);
            return;
        }
        const bool is_timed = status_.active() || sink_.is_timed() || monitoring_.is_active();
        std::array<pollfd, 2> watched = {
            {{nflogcap_fd(handle_.get()), POLLIN, 0}, {sink_.fd(), 0, 0}}};
        poll(watched.data(), watched.size(), is_timed ? until_tick() : -1);
        if (watched[1].revents != 0)
            throw ReaderGone();
    }

    // Returns the time until the next tick in milliseconds, rounded up.
    [[nodiscard]] int until_tick() const
    {
        const auto time =
            std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - Clock::now()).count();
        return static_cast<int>(std::max<std::int64_t>(time, 0));
    }

    void take(const nflogcap_packet& packet)
    {
        const std::uint64_t skipped = sink_.skipped();
        if (!sink_.write(packet)) {
            over_ = true;
            return;
        }
        if (sink_.skipped() == skipped)
            handover_.take(packet, sink_);
        monitoring_.count(packet);
        ++taken_;
        over_ = taken_ == max_packets_;
    }

    void obey()
    {
        if (Requests::take_flush())
            sink_.flush();
        if (requests_.take_hangup()) {
            sink_.begin_file();
            if (reconfiguration_.is_possible())
                reconfigure();
        }
        if (Requests::take_counts()) {
            status_.clear();
            print_summary(handle_, &sink_, options_);
            status_.redraw();
        }
    }

    void reconfigure()
    {
        std::vector<std::uint16_t> groups = reconfiguration_.groups();
        status_.clear();
        for (const std::string& words : reconfiguration_.apply())
            print_failure(words);
        status_.redraw();
        handover_.keep();
        for (const std::uint16_t group : reconfiguration_.groups()) {
            if (std::ranges::find(groups, group) == groups.end())
                groups.push_back(group);
        }
        sink_.set_groups(groups);
        monitoring_.add_groups(groups);
        has_leaving_groups_ = true;
    }

    void look_around()
    {
        next_tick_ = Clock::now() + tick_;
        if (!sink_.tick())
            over_ = true;
        monitoring_.tick();
        show_status();
    }

    void show_status()
    {
        if (status_.active())
            status_.update(stats_of(handle_));
    }

    const Handle& handle_;
    const CaptureOptions& options_;
    Requests& requests_;
    Reconfiguration& reconfiguration_;
    Handover& handover_;
    Sink& sink_;
    StatusLine& status_;
    Monitoring& monitoring_;
    std::uint64_t max_packets_; // 0: no limit
    bool from_file_;            // if true, a stop leaves the rest of the file unread
    std::chrono::microseconds tick_;
    std::uint64_t taken_ = 0;
    bool over_ = false;
    bool has_leaving_groups_ = false; // removed groups may still have packets queued
    Clock::time_point next_tick_ = Clock::now() + tick_;
    std::array<const nflogcap_packet*, max_batch_packets> packets_{};
};

// Receives the packets that arrived before the stop. They belong to the capture and are counted,
// even if no output takes them.
void receive_rest(const Handle& handle)
{
    std::array<const nflogcap_packet*, max_batch_packets> packets{};
    int code = 0;
    while (code >= 0 || code == -EINTR || code == -ECANCELED)
        code = nflogcap_next_batch(handle.get(), packets.data(), packets.size(), -1);
    if (code != -ENODATA)
        check(handle, code);
}

} // namespace

ExitStatus capture(const CaptureOptions& options, const std::function<CaptureOptions()>& read_again)
{
    std::optional<User> user;
    if (!options.user.empty())
        user.emplace(options.user);
    ServiceManager manager;
    const Handle handle = new_handle();
    Handover handover(handle, options, manager);
    set_up(handle, options);
    StopOnSignal stop(handle.get());
    Reconfiguration reconfiguration(handle, options, read_again);
    Requests requests(options.read.empty() &&
                      (Savefiles::are_files(options) || reconfiguration.is_possible()));
    // The capture starts first, so that a failed start leaves an existing output file unchanged.
    if (!handover.adopt())
        start(handle, options, handover);
    handover.keep();
    if (options.lasting.count() > 0)
        stop.stop_after(options.lasting);
    if (user) // before any output file is opened or created; the options exclude -r with -Z
        user->become();
    // The table of 'nflogcap top' already shows the figures of the status line every second.
    const bool has_status = !options.top || Top::is_once(options);
    StatusLine status(has_status ? waiting_words(options) : "");
    Monitoring monitoring(handle, options, status, manager);
    std::unique_ptr<Sink> sink;
    std::optional<Failure> failure;
    bool is_complete = false; // the loop ended without a failure
    const auto attempt = [&failure](const auto& work) {
        try {
            work();
        } catch (const Failure& one) {
            if (!failure)
                failure = one;
        }
    };
    try {
        // A stop can end the wait for a FIFO during the start. Then the output file is not opened
        // either, because opening it would empty an existing file.
        if (options.read.empty() || !StopOnSignal::stopped()) {
            sink = open_sink(handle, options, handover, status);
            monitoring.begin(*sink);
            Loop loop(handle, options, requests, reconfiguration, handover, *sink, status,
                      monitoring);
            attempt([&] {
                loop.run();
                is_complete = true;
            });
            monitoring.begin_end();
            attempt([&] {
                sink->close();
                handover.mark_stored(*sink);
            });
        }
    } catch (const ReaderGone& gone) {
        status.clear();
        if (!gone.words.empty())
            print_failure(gone.words);
    }
    if (!is_complete && options.read.empty() && StopOnSignal::stopped())
        attempt([&] { receive_rest(handle); });
    monitoring.end();
    if (is_complete && !StopOnSignal::stopped())
        handover.end();
    status.clear();
    if (failure)
        print_failure(failure->what());
    print_summary(handle, sink.get(), options);
    return failure ? failure->status : all_well;
}

} // namespace command
