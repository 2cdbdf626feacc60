// SPDX-License-Identifier: GPL-2.0-or-later
#include "shipper.hpp"

#include "error.hpp"
#include "flat_json.hpp"
#include "message.hpp"
#include "words.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace fleet {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_flight_bytes = std::size_t{8} << 20U;
constexpr std::size_t max_flight_count = 4096; // limited because chunks may be small
constexpr std::size_t max_read_bytes = 2 * max_flight_bytes;
constexpr std::size_t max_read_count = 2 * max_flight_count;
constexpr auto max_silence = 5s; // time for an answer of the broker
constexpr auto max_question = 2s;
constexpr auto max_silence_at_first = 10s;
constexpr auto other_spool_time = 15s; // a running capture adds a chunk every 10 s
constexpr auto save_interval = 500ms;
constexpr auto read_interval = 10ms; // reading synchronizes the index to the disk, which takes time
constexpr auto first_wait = 250ms;
constexpr auto longest_wait = 2000ms;

std::string_view header(natsMsg* message, const char* name)
{
    const char* value = nullptr;
    return natsMsgHeader_Get(message, name, &value) == NATS_OK && value != nullptr ? value : "";
}

std::string group_words(std::uint16_t number)
{
    return "group " + std::to_string(number);
}

} // namespace

Shipper::Shipper(const ShipOptions& options, EventQueue& events)
    : options_(options), directory_(spool::Directory::open(options.spool)), events_(events),
      connect_wait_(first_wait)
{
    directory_.take(spool::Directory::Role::shipper);
    take_host();
    reader_.emplace(directory_);
    acknowledged_ = directory_.acknowledged();
    trouble_ = directory_.trouble();
}

// Refuses another host name: the broker would have packets of one capture under two names.
void Shipper::take_host()
{
    const std::string before = directory_.host();
    if (!before.empty() && before != options_.host)
        throw command::Failure("the spool " + options_.spool + " belongs to the host '" + before +
                               "' and cannot be shipped as '" + options_.host + "'; give --host " +
                               before + ", or use another directory for the spool");
    if (before.empty())
        directory_.set_host(options_.host);
}

std::chrono::milliseconds Shipper::step(bool has_spool_changed)
{
    if (has_spool_changed) {
        reader_->wait_over();
        has_news_ = true;
    }
    keep_connected();
    handle_events();
    if (link_) {
        read_more();
        ask();
        look_at_times();
        send();
    }
    if (Clock::now() - saved_ >= save_interval)
        save();
    if (is_done())
        clear_trouble();
    if (link_ && has_news_ && has_room_to_read())
        return read_interval;
    return pause_.count() > 0 || !link_ ? 100ms : 500ms;
}

bool Shipper::is_done() const
{
    return link_ && has_read_all_ && std::ranges::all_of(groups_, [](const auto& entry) {
               return entry.second.state == State::ready && entry.second.flight.is_empty();
           });
}

void Shipper::close()
{
    link_.reset();
    save();
}

void Shipper::keep_connected()
{
    if (link_ && link_->is_closed())
        lose("the connection to the broker is lost; reconnecting");
    if (link_ || Clock::now() < connect_at_)
        return;
    try {
        link_.emplace(options_.connection, options_.stream, events_);
    } catch (const ConnectionFailure& failure) {
        connect_at_ = Clock::now() + connect_wait_;
        connect_wait_ = std::min<std::chrono::milliseconds>(2 * connect_wait_, longest_wait);
        if (failure.is_temporary)
            save_trouble(failure.what());
        else
            complain(failure.what());
        return;
    }
    ++counters_.connections;
    connected_ = Clock::now();
    connect_wait_ = first_wait;
    pause_ = 0ms;
    pause_until_ = {};
    groups_.clear();
    reader_.emplace(directory_);
    has_read_all_ = false;
    has_news_ = true;
    for (const auto& [number, chunk] : acknowledged_) // also without a chunk in the spool
        groups_[number];
}

void Shipper::lose(const std::string& trouble)
{
    link_.reset();
    counters_.in_flight_bytes = 0;
    connect_at_ = Clock::now() + first_wait;
    save_trouble(trouble);
}

void Shipper::handle_events()
{
    for (const EventQueue::Event& event : events_.take()) {
        if (!event.message) {
            const bool is_ours = event.words.find("$JS.API.STREAM.INFO") == std::string::npos;
            if (event.words.find("Permissions Violation") != std::string::npos && is_ours)
                fail("the broker does not allow this user to ship as '" + options_.host +
                     "': " + nflog::foreign_reason(event.words) +
                     "; give the name of this host with --host, or allow the user to publish " +
                     "nflog.pcap." + token_of_host(options_.host) + ".> and " +
                     "$JS.API.DIRECT.GET." + options_.stream + ".nflog.pcap." +
                     token_of_host(options_.host) + ".>, and subscribe to " +
                     options_.connection.inbox + ".>");
            continue;
        }
        const auto tag = link_ ? link_->tag_of(event.message.get()) : std::nullopt;
        const auto group = tag ? groups_.find(tag->group) : groups_.end();
        if (group == groups_.end())
            continue;
        if (tag->chunk > 0)
            handle_acknowledgement(group->second, *tag, event.message.get());
        else if (group->second.state == State::asked && tag->attempt == group->second.attempt)
            handle_last(group->second, tag->group, event.message.get());
    }
}

// Handles the answer to the request for the last message of a group in the stream.
void Shipper::handle_last(Group& group, std::uint16_t number, natsMsg* answer)
{
    const std::string_view status = header(answer, "Status");
    if (status.starts_with("404")) {
        begin(group, number, 0);
        return;
    }
    if (!status.empty()) {
        group.state = State::unasked;
        pause_until_ = Clock::now() + 1s;
        complain(link_->why_no_stream().words);
        return;
    }
    const std::string_view identity = header(answer, "Nflogcap-Spool");
    const auto chunk = spool::number_in<std::uint64_t>(header(answer, "Nflogcap-Chunk"));
    if (identity == directory_.identity() && chunk) {
        begin(group, number, *chunk);
        return;
    }
    const std::string sequence(header(answer, "Nats-Sequence"));
    if (group.other == sequence) { // the other spool has not sent anything meanwhile
        group.other.clear();
        begin(group, number, acknowledged_[number]);
        return;
    }
    if (!group.other.empty())
        fail("another host ships " + group_words(number) + " as '" + options_.host +
             "': its packets come from another spool; give each host its own name with "
             "--host");
    group.other = sequence;
    group.state = State::waiting;
    group.since = Clock::now();
    save_trouble("another spool has shipped " + group_words(number) + " as '" + options_.host +
                 "'; shipping pauses for 15 seconds, to see whether that spool is still shipped");
}

void Shipper::begin(Group& group, std::uint16_t number, std::uint64_t has)
{
    std::uint64_t& acknowledged = acknowledged_[number];
    if (has < acknowledged) {
        command::print_failure("the broker has lost chunks that it had acknowledged: of " +
                               group_words(number) + " it has up to " + std::to_string(has) +
                               ", not " + std::to_string(acknowledged) +
                               "; those that the spool still has are sent again");
        acknowledged = has;
        is_saved_ = false;
    }
    // All chunks after `acknowledged` are sent again, even if the stream has later ones: there may
    // be gaps where chunks were refused. The broker recognizes chunks that it already has.
    group.flight.begin_at(acknowledged + 1);
    group.state = State::ready;
    group.since = Clock::now();
}

void Shipper::handle_acknowledgement(Group& group, const BrokerLink::Tag& tag, natsMsg* answer)
{
    if (!header(answer, "Status").empty()) { // no stream has this subject
        if (tag.attempt != group.attempt)
            return;
        ++counters_.refused;
        const std::string why = link_->why_no_stream().words;
        link_.reset(); // a new stream of that name may lack chunks: begin again
        connect_at_ = Clock::now() + 1s;
        complain(why);
        return;
    }
    const int length = natsMsg_GetDataLength(answer);
    const auto json = flat_json({natsMsg_GetData(answer), static_cast<std::size_t>(length)});
    const bool is_stored = json && value_at(*json, "error.code").empty() &&
                           !value_at(*json, "seq").empty() && value_at(*json, "seq") != "0";
    if (!is_stored) {
        if (tag.attempt != group.attempt)
            return;
        constexpr std::string_view too_long = "10054";
        const std::string why = nflog::foreign_reason(json ? value_at(*json, "error.description")
                                                           : "the answer is not JSON");
        if (json && value_at(*json, "error.err_code") == too_long)
            fail("the stream " + options_.stream + " refuses chunk " + std::to_string(tag.chunk) +
                 " of " + group_words(tag.group) + ": " + why +
                 "; set its max_msg_size to -1 or at least 262144");
        refuse(group, "the stream " + options_.stream + " does not accept packets now: " + why +
                          "; they stay in the spool. If the stream is full, let collectors read, "
                          "or raise its limits");
        return;
    }
    const std::string_view stream = value_at(*json, "stream");
    if (stream != options_.stream)
        fail("packets of this host go to the stream " + nflog::foreign_reason(stream) +
             ", not to " + options_.stream + "; give --stream " + nflog::foreign_reason(stream) +
             ", or change the subjects of the streams");
    const std::optional<std::uint64_t> packets = group.flight.acknowledge(tag.chunk);
    if (!packets)
        return;
    has_shipped_ = true;
    ++counters_.chunks;
    counters_.packets += *packets;
    if (value_at(*json, "duplicate") == "true")
        ++counters_.duplicates;
    group.since = Clock::now();
    pause_ = 0ms;
    clear_trouble();
    note_progress(tag.group, group);
}

void Shipper::note_progress(std::uint16_t number, const Group& group)
{
    std::uint64_t& acknowledged = acknowledged_[number];
    if (group.flight.acknowledged() <= acknowledged)
        return;
    acknowledged = group.flight.acknowledged();
    is_saved_ = false;
}

// Sends the group again after a pause, except chunks that are acknowledged meanwhile.
void Shipper::refuse(Group& group, const std::string& words)
{
    ++counters_.refused;
    ++group.attempt;
    group.flight.go_back();
    pause_ = std::clamp<std::chrono::milliseconds>(2 * pause_, first_wait, longest_wait);
    pause_until_ = Clock::now() + pause_;
    save_trouble(words);
}

bool Shipper::has_room_to_read() const
{
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const auto& [number, group] : groups_) {
        bytes += group.flight.bytes();
        count += group.flight.count();
    }
    return bytes < max_read_bytes && count < max_read_count;
}

void Shipper::read_more()
{
    if (!has_news_ || Clock::now() - read_ < read_interval)
        return;
    while (has_news_ && has_room_to_read()) {
        read_ = Clock::now();
        std::vector<spool::Reader::Found> found =
            reader_->next([this](const std::string& words) { say_once(words); });
        has_read_all_ = found.empty();
        has_news_ = !found.empty();
        for (spool::Reader::Found& one : found) {
            const std::uint16_t number = one.chunk.group;
            Group& group = groups_[number];
            if (group.state != State::ready || one.chunk.number > acknowledged_[number])
                group.flight.add(std::move(one));
        }
    }
    if (has_news_)
        has_read_all_ = false;
}

void Shipper::ask()
{
    if (Clock::now() < pause_until_)
        return;
    for (auto& [number, group] : groups_) {
        const bool is_over =
            group.state == State::waiting && Clock::now() - group.since >= other_spool_time;
        if (group.state != State::unasked && !is_over)
            continue;
        group.state = State::asked;
        group.since = Clock::now();
        ++group.attempt;
        link_->ask_last(subject_of(options_.host, number), {group.attempt, number, 0});
    }
}

void Shipper::look_at_times()
{
    for (auto& [number, group] : groups_) {
        const bool is_asked = group.state == State::asked;
        if (Clock::now() - group.since < (is_asked ? max_question : max_silence))
            continue;
        if (is_asked) {
            // JetStream does not answer if the stream does not exist.
            group.state = State::unasked;
            const auto [words, is_certain] = link_->why_no_stream();
            if (is_certain || Clock::now() - connected_ >= max_silence_at_first)
                complain(words);
            if (has_shipped_ && leave_server(words))
                return;
        } else if (group.state == State::ready && group.flight.sent_count() > 0) {
            group.since = Clock::now();
            const std::string words = "the broker has acknowledged nothing for 5 seconds; packets "
                                      "stay in the spool and are sent again";
            refuse(group, words);
            if (leave_server(words))
                return;
        }
    }
}

// Changes to another server, because a server that is cut off from its cluster accepts connections
// but stores nothing. Returns false if there is no other server.
bool Shipper::leave_server(const std::string& why)
{
    std::vector<std::string>& servers = options_.connection.servers;
    if (servers.size() < 2)
        return false;
    std::rotate(servers.begin(), servers.begin() + 1, servers.end());
    lose(why);
    return true;
}

// Sends one chunk of each group in turn. After a refusal it sends a single chunk, to test whether
// the stream accepts messages again.
void Shipper::send()
{
    bool has_sent = true;
    while (has_sent && link_ && Clock::now() >= pause_until_) {
        has_sent = false;
        for (auto& [number, group] : groups_) {
            std::size_t bytes = 0;
            std::size_t count = 0;
            for (const auto& [other_number, other] : groups_) {
                bytes += other.flight.sent_bytes();
                count += other.flight.sent_count();
            }
            counters_.in_flight_bytes = bytes;
            const bool has_room = pause_.count() > 0
                                      ? count == 0
                                      : bytes < max_flight_bytes && count < max_flight_count;
            if (!has_room || group.state != State::ready || !group.flight.has_next())
                continue;
            if (!send_next(number, group))
                return;
            has_sent = true;
        }
    }
}

// Sends the next chunk of a group. Returns false if the connection is lost.
bool Shipper::send_next(std::uint16_t number, Group& group)
{
    const spool::Reader::Found& found = group.flight.next();
    Message message;
    message.host = options_.host;
    message.spool = directory_.identity();
    message.chunk = found.chunk;
    savefile_.clear();
    try {
        if (found.chunk.length > 0)
            found.segment->read(found.chunk, savefile_);
    } catch (const nflog::Error& error) {
        if (error.code() != EBADMSG)
            throw;
        say_once(std::string(error.what()) + "; it is not shipped, and collectors count it as "
                                             "missing");
        ++counters_.damaged;
        group.flight.skip();
        note_progress(number, group);
        return true;
    }
    message.savefile = savefile_;
    if (group.flight.sent_count() == 0)
        group.since = Clock::now();
    if (!link_->publish(message, {group.attempt, number, found.chunk.number})) {
        lose("the connection to the broker is lost; reconnecting");
        return false;
    }
    ++counters_.messages;
    counters_.bytes += savefile_.size();
    group.flight.sent();
    return true;
}

// A full disk must not end the program: shipping lets the capture delete chunks.
void Shipper::save()
{
    saved_ = Clock::now();
    if (is_saved_)
        return;
    try {
        directory_.set_acknowledged(acknowledged_);
        is_saved_ = true;
    } catch (const nflog::Error& error) {
        say_once(std::string(error.what()) + "; acknowledged packets stay there too long");
    }
}

void Shipper::save_trouble(const std::string& words)
{
    if (words == trouble_)
        return;
    if (!words.empty())
        command::print_failure(words);
    else
        command::print_failure("packets are shipped again");
    trouble_ = words;
    try {
        directory_.set_trouble(words);
    } catch (const nflog::Error& error) {
        say_once(error.what());
    }
}

void Shipper::clear_trouble()
{
    save_trouble("");
}

void Shipper::complain(const std::string& words)
{
    if (!has_shipped_)
        fail(words);
    save_trouble(words);
}

void Shipper::fail(const std::string& words)
{
    save();
    try {
        directory_.set_trouble(words);
    } catch (const nflog::Error& error) {
        say_once(error.what());
    }
    throw command::Failure(words);
}

// Prints a problem once: each connection reads the spool again, and finds the problem again.
void Shipper::say_once(const std::string& words)
{
    constexpr std::size_t max_words = 1000;
    if (said_.size() < max_words && said_.insert(words).second)
        command::print_failure(words);
}

} // namespace fleet
