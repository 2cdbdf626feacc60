// SPDX-License-Identifier: GPL-2.0-or-later
// The program nflogcap-collect: see nflogcap-collect(1).
#include "collect_metrics.hpp"
#include "collect_options.hpp"
#include "collect_report.hpp"
#include "error.hpp"
#include "monitoring.hpp"
#include "printed_words.hpp"
#include "program.hpp"
#include "standard_output.hpp"
#include "stop.hpp"
#include "stream_reader.hpp"
#include "text.hpp"

#include <cstdio>
#include <unistd.h>
#include <vector>

namespace fleet {

namespace {

using Clock = std::chrono::steady_clock;

// Adds messages to the collection. Acknowledges messages only after all of them are on the disk.
class Collector {
public:
    explicit Collector(const CollectOptions& options)
        : collection_(options.collection),
          connection_(connect(options.connection, Reconnect::forever)),
          reader_(make_reader(options))
    {
        for (const std::string& words : collection_.warnings())
            command::print_failure(words);
    }

    void step(std::chrono::milliseconds time)
    {
        constexpr std::size_t max_bytes = std::size_t{64} * 1024 * 1024;
        constexpr std::chrono::seconds interval{1};
        add(reader_.next(time));
        if (pending_bytes_ > max_bytes || (!pending_.empty() && Clock::now() - saved_ >= interval))
            save();
    }

    void end()
    {
        save();
        reader_.flush();
    }

    [[nodiscard]] const CollectState& state() const { return collection_.state(); }
    [[nodiscard]] std::uint64_t packets() const { return packets_; }

private:
    StreamReader make_reader(const CollectOptions& options)
    {
        const std::string& stream = options.collection.stream;
        if (!options.stream_config.empty())
            make_stream(connection_.get(), stream, options.stream_config);
        return {connection_.get(), stream, options.connection.inbox};
    }

    static Collection::Incoming incoming(natsMsg* message)
    {
        try {
            return {message, natsMsg_GetSubject(message)};
            // The message is from a later version of nflogcap-ship.
        } catch (const nflog::Error& error) {
            throw command::Failure(std::string(error.what()) + "; it is not acknowledged");
        }
    }

    void add(const std::vector<MessageHandle>& messages)
    {
        std::vector<Collection::Incoming> all;
        all.reserve(messages.size());
        bool begins_files = false;
        for (const MessageHandle& message : messages) {
            all.push_back(incoming(message.get()));
            begins_files = collection_.prepare(all.back()) || begins_files;
        }
        if (begins_files)
            save();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (collection_.prepare(all[i]))
                save();
            const Collection::Result result = collection_.add(all[i]);
            if (result.added == Collection::Added::refused)
                warn(result.why);
            else if (result.added == Collection::Added::stored)
                packets_ += all[i].packets();
            pending_bytes_ += static_cast<std::size_t>(natsMsg_GetDataLength(messages[i].get()));
            if (const char* const reply = natsMsg_GetReply(messages[i].get()))
                pending_.emplace_back(reply);
        }
    }

    void save()
    {
        collection_.save();
        for (const std::string& reply : pending_)
            reader_.acknowledge(reply);
        pending_.clear();
        pending_bytes_ = 0;
        saved_ = Clock::now();
    }

    // Prints at most one warning in ten seconds, so that no host can fill a log. The report
    // contains the number of refused messages.
    void warn(const std::string& words)
    {
        constexpr std::chrono::seconds interval{10};
        if (Clock::now() - warned_ < interval)
            return;
        warned_ = Clock::now();
        command::print_failure(words + ". --report counts such messages");
    }

    Collection collection_;
    ConnectionHandle connection_;
    StreamReader reader_;
    // Reply subjects for the acknowledgements that are not sent yet.
    std::vector<std::string> pending_;
    std::size_t pending_bytes_ = 0;
    std::uint64_t packets_ = 0;
    Clock::time_point saved_ = Clock::now();
    Clock::time_point warned_ = Clock::now() - std::chrono::hours(1);
};

void collect(const CollectOptions& options)
{
    const Stop stop;
    Collector collector(options);
    Monitoring monitoring(
        options.metrics,
        [&] {
            return command::grouped(collector.packets()) + " packets stored, " +
                   command::counted(collector.state().groups.size(), "group", "groups");
        },
        [&] { return collect_metrics(collector.state()); });
    monitoring.begin();
    constexpr std::chrono::milliseconds longest{200};
    while (!Stop::is_requested()) {
        collector.step(std::min(longest, monitoring.max_wait()));
        monitoring.tick();
    }
    collector.end();
    monitoring.end();
    const std::string summary =
        command::counted(collector.packets(), "packet", "packets") + " stored\n";
    std::fputs(summary.c_str(), stderr);
}

void report(const CollectionSettings& settings)
{
    const auto state = read_collect_state(settings.directory);
    if (!state)
        throw command::Failure(
            "no packets were collected in " + settings.directory +
            ": it has no state file; give the --out directory of an nflogcap-collect");
    StandardOutput::write(
        settings.is_json
            ? report_json(*state)
            : report_text(*state, command::Colours(STDOUT_FILENO, command::Coloring::automatic)));
}

} // namespace

} // namespace fleet

int main(int argc, char** argv)
{
    return command::run_program("nflogcap-collect", [&] {
        try {
            const fleet::CollectOptions options = fleet::parse_collect(argc, argv);
            if (options.is_report)
                fleet::report(options.collection);
            else
                fleet::collect(options);
        } catch (const command::Words& words) {
            std::fputs(words.text.c_str(), stdout);
        }
        return command::all_well;
    });
}
