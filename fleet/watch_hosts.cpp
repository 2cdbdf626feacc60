// SPDX-License-Identifier: GPL-2.0-or-later
#include "colours.hpp"
#include "error.hpp"
#include "host_lines.hpp"
#include "host_table.hpp"
#include "last_messages.hpp"
#include "screen.hpp"
#include "standard_output.hpp"
#include "stop.hpp"
#include "subscription.hpp"
#include "text.hpp"
#include "watch.hpp"

#include <unistd.h>

namespace fleet {

namespace {

using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds now()
{
    return std::chrono::system_clock::now().time_since_epoch();
}

class HostWatch {
public:
    HostWatch(natsConnection* connection, const std::string& stream, const HostPatterns& patterns)
        : connection_(connection), patterns_(patterns),
          subscription_(connection, patterns.subject()), last_(connection, stream, patterns)
    {
    }

    [[nodiscard]] bool has_all_last() const { return last_.is_done(); }

    // Adds the last message of one more subject, unless a newer message arrived meanwhile.
    void take_last()
    {
        if (const MessageHandle stored = last_.next())
            take(stored.get(), std::chrono::nanoseconds(natsMsg_GetTime(stored.get())));
    }

    void take_live(std::chrono::milliseconds timeout)
    {
        const MessageHandle message = subscription_.next(timeout);
        expect_gaps();
        if (message != nullptr)
            take(message.get(), now());
    }

    [[nodiscard]] std::vector<command::Line> lines()
    {
        std::vector<command::Line> lines = host_lines(table_.rows(), colours_);
        const auto warn = [&](const std::string& words) {
            lines.push_back({words, colours_.warning()});
        };
        if (natsConnection_Status(connection_) != NATS_CONN_STATUS_CONNECTED)
            warn("the connection to the broker is lost; reconnecting");
        if (not_understood_ > 0)
            warn(command::counted(not_understood_, "message", "messages") + " ignored as invalid");
        if (table_.left_out() > 0)
            warn("there are more hosts and groups than this table can hold");
        return lines;
    }

private:
    void take(natsMsg* message, std::chrono::nanoseconds stored)
    {
        try {
            const Message decoded = Message::decode(message);
            if (patterns_.match(decoded.host, decoded.chunk.group))
                table_.add(decoded, stored, now() - stored);
        } catch (const nflog::Error&) {
            ++not_understood_;
        }
    }

    // Handles messages that were dropped because the queue was full, or that were published while
    // there was no connection.
    void expect_gaps()
    {
        natsStatistics* statistics = nullptr;
        std::uint64_t reconnected = 0;
        if (natsStatistics_Create(&statistics) == NATS_OK &&
            natsConnection_GetStats(connection_, statistics) == NATS_OK)
            natsStatistics_GetCounts(statistics, nullptr, nullptr, nullptr, nullptr, &reconnected);
        natsStatistics_Destroy(statistics);
        const std::uint64_t interruptions = reconnected + subscription_.dropped();
        if (std::exchange(interruptions_, interruptions) != interruptions)
            table_.expect_gaps();
    }

    natsConnection* connection_;
    const HostPatterns& patterns_;
    Subscription subscription_; // made before the stored messages are requested, so that no message
                                // is missed between
    LastMessages last_;
    HostTable table_;
    command::Colours colours_{STDOUT_FILENO};
    std::uint64_t not_understood_ = 0;
    std::uint64_t interruptions_ = 0;
};

} // namespace

command::ExitStatus watch_hosts(natsConnection* connection, const std::string& stream,
                                const HostPatterns& patterns, bool is_once)
{
    constexpr std::chrono::seconds interval{1};
    constexpr std::chrono::milliseconds look_at_reader{100};
    const Stop stop;
    command::Screen screen;
    const bool is_on_screen = !is_once && command::Screen::is_available();
    HostWatch watch(connection, stream, patterns);
    auto end = StandardOutput::End::none;
    Clock::time_point next =
        Clock::now(); // rates are not known yet, but the stored messages are shown at once
    if (is_once)
        next += interval;
    for (bool is_ended = false; !is_ended && end == StandardOutput::End::none; next += interval) {
        while (!Stop::is_requested() && !StandardOutput::is_reader_gone() &&
               (Clock::now() < next || !watch.has_all_last())) {
            watch.take_last();
            watch.take_live(watch.has_all_last() ? look_at_reader : std::chrono::milliseconds(1));
        }
        is_ended = is_once || Stop::is_requested() || StandardOutput::is_reader_gone();
        std::string text;
        const std::vector<command::Line> lines = watch.lines();
        if (is_on_screen)
            screen.draw(text, lines);
        else
            for (const command::Line& line : lines)
                command::append_line(text, line);
        if (!is_once && !is_on_screen)
            text += '\n';
        end = StandardOutput::write(text);
    }
    return command::all_well;
}

} // namespace fleet
