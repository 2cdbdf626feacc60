// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool_sink.hpp"

#include "error.hpp"
#include "failure.hpp"
#include "record_framing.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace command {

namespace {

constexpr std::size_t chunk_bytes = 131072; // a chunk that would become larger is ended first
constexpr std::chrono::milliseconds linger{100};
constexpr std::uint64_t few_packets =
    10; // fewer packets wait longer, so that later packets join their chunk
constexpr unsigned ticks_of_few = 10;
constexpr std::chrono::seconds account_interval{10};
constexpr std::chrono::seconds writer_interval{1};
// Time without trouble, after which its end is reported.
constexpr std::chrono::seconds calm_interval{10};

std::uint64_t now()
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

std::string_view text(const std::vector<char>& bytes)
{
    return {bytes.data(), bytes.size()};
}

spool::Writer open_writer(const CaptureOptions& options, nflog::PcapFormat& format)
{
    std::vector<char> head;
    format.append_head(head);
    try {
        return spool::Writer(options.spool,
                             {options.spool_bytes, options.spool_sync, std::string(text(head))});
    } catch (const nflog::Error& error) {
        throw Failure(error.what() + advice_on(error.code()));
    }
}

} // namespace

void SpoolSink::Seen::add(std::uint32_t index, InterfaceNames& names)
{
    if (index == 0 || std::ranges::find(indexes_, index) != indexes_.end())
        return;
    indexes_.push_back(index);
    if (const char* name = InterfaceNames::name(&names, index))
        interfaces_[index] = name;
}

void SpoolSink::Seen::clear()
{
    indexes_.clear();
    interfaces_.clear();
}

SpoolSink::SpoolSink(const Handle& handle, const CaptureOptions& options,
                     const std::vector<std::uint16_t>& groups, const Handover& handover,
                     StatusLine& status)
    : handle_(handle), path_(options.spool), status_(status), names_(handle.get()),
      format_(nflog::LinkType::nflog), writer_(open_writer(options, format_))
{
    const std::uint64_t session = now();
    for (const std::uint16_t group : groups) {
        const spool::Account last = writer_.last_account(group);
        const std::optional<std::uint64_t> since = handover.adopted_since(group);
        if (since && last.next && last.session >= *since) {
            // The previous process received some packets but did not store them. nflogcap_expect()
            // counts them as lost.
            check(handle_, nflogcap_expect(handle_.get(), group, *last.next));
            begin_session(group, last.session, *last.next);
        } else {
            std::uint32_t next = 0;
            check(handle_, nflogcap_expected(handle_.get(), group, &next));
            begin_session(group, session, next);
        }
    }
}

void SpoolSink::set_groups(const std::vector<std::uint16_t>& groups)
{
    for (Filling& filling : fillings_) {
        if (std::ranges::find(groups, filling.group) == groups.end())
            cut(filling, true);
    }
    std::erase_if(fillings_, [&](const Filling& filling) {
        return std::ranges::find(groups, filling.group) == groups.end();
    });
    latest_ = 0;
    const std::uint64_t session = now();
    for (const std::uint16_t group : groups) {
        if (std::ranges::find(fillings_, group, &Filling::group) == fillings_.end())
            begin_session(group, session, 0);
    }
}

// Begins a session. `next`: the number of its next packet.
void SpoolSink::begin_session(std::uint16_t group, std::uint64_t session, std::uint32_t next)
{
    const spool::Account last = writer_.last_account(group);
    const nflogcap_stats stats = stats_of(group);
    fillings_.push_back({group, session, last.lost - stats.lost, last.filtered - stats.filtered,
                         next - static_cast<std::uint32_t>(stats.lost + stats.filtered)});
    fillings_.back().records.reserve(chunk_bytes + format_.max_appended_bytes());
    cut(fillings_.back()); // this empty chunk shows readers that the session has begun
}

nflogcap_stats SpoolSink::stats_of(std::uint16_t group) const
{
    nflogcap_stats stats{};
    check(handle_, nflogcap_get_group_stats(handle_.get(), group, &stats, sizeof stats));
    return stats;
}

bool SpoolSink::write(const nflogcap_packet& packet)
{
    Filling& filling = filling_of(packet.group);
    const std::size_t bytes = sizeof(nflog::PcapRecordHeader) + packet.message_length;
    if (filling.packets > 0 && filling.records.size() + bytes > chunk_bytes)
        cut(filling);
    format_.append_packet(
        filling.records,
        {packet, {{packet.message, packet.message_length}, packet.message_length}, 0});
    ++filling.packets;
    for (const std::uint32_t index :
         {packet.indev, packet.outdev, packet.physindev, packet.physoutdev})
        filling.seen.add(index, names_);
    return true;
}

SpoolSink::Filling& SpoolSink::filling_of(std::uint16_t group)
{
    if (latest_ >= fillings_.size() || fillings_[latest_].group != group)
        latest_ = static_cast<std::size_t>(std::ranges::find(fillings_, group, &Filling::group) -
                                           fillings_.begin());
    return fillings_[latest_];
}

void SpoolSink::cut(Filling& filling, bool is_end)
{
    const nflogcap_stats stats = stats_of(filling.group);
    spool::Account account;
    account.packets = filling.packets;
    account.lost = filling.lost_before + stats.lost;
    account.filtered = filling.filtered_before + stats.filtered;
    account.session = filling.session;
    account.time = now();
    account.is_end = is_end;
    filling.stored += filling.packets;
    account.next = filling.next_before +
                   static_cast<std::uint32_t>(filling.stored + stats.lost + stats.filtered);
    writer_.add(filling.group, text(filling.records), account,
                spool::text_of_interfaces(filling.seen.interfaces()));
    // An error is normal if the capture has ended, or if the group was removed.
    const int code = nflogcap_expect(handle_.get(), filling.group, *account.next);
    if (code != -ENOTCONN && code != -ENOENT)
        check(handle_, code);
    filling.records.clear();
    filling.packets = 0;
    filling.ticks = 0;
    filling.seen.clear();
    filling.cut_at = Clock::now();
}

void SpoolSink::flush()
{
    for (Filling& filling : fillings_)
        if (filling.packets > 0)
            cut(filling);
}

std::chrono::microseconds SpoolSink::tick_interval() const
{
    return linger;
}

bool SpoolSink::tick()
{
    const Clock::time_point time = Clock::now();
    for (Filling& filling : fillings_) {
        const bool is_due = filling.packets >= few_packets ||
                            (filling.packets > 0 && ++filling.ticks >= ticks_of_few);
        if (is_due || time - filling.cut_at >= account_interval)
            cut(filling);
    }
    if (time - writer_tick_ >= writer_interval) {
        writer_tick_ = time;
        names_.forget();
        writer_.tick();
        report_trouble();
    }
    return true;
}

// Reports each kind of trouble once. A disk that stays full is not reported again.
void SpoolSink::report_trouble()
{
    const spool::Writer::Status& now = writer_.status();
    std::string trouble = now.trouble;
    if (trouble.empty() && now.dropped > dropped_)
        trouble = "it is full: the oldest packets were dropped";
    dropped_ = now.dropped;
    const Clock::time_point time = Clock::now();
    if (!trouble.empty())
        troubled_at_ = time;
    if (trouble == trouble_ || (trouble.empty() && time - troubled_at_ < calm_interval))
        return;
    status_.clear();
    if (trouble.empty())
        print_failure("the spool " + path_ + " accepts packets again and drops none");
    else
        print_failure("the spool " + path_ + ": " + trouble +
                      "; the capture continues and counts the dropped packets");
    status_.redraw();
    trouble_ = trouble;
}

void SpoolSink::close()
{
    for (Filling& filling : fillings_)
        cut(filling, true);
    writer_.close();
    report_trouble();
}

} // namespace command
