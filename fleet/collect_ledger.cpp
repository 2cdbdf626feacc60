// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_ledger.hpp"

#include <algorithm>
#include <utility>

namespace fleet {

namespace {

constexpr const char* goes_backwards = "its counts are lower than those of an earlier chunk";
constexpr const char* does_not_fit = "its counts do not fit those of the neighbouring chunks";

const char* contradiction(const SpoolLedger& spool, const spool::Chunk& chunk)
{
    const spool::Account& last = spool.account;
    const spool::Account& account = chunk.account;
    const std::uint64_t before = account.total - account.packets;
    if (before < last.total || account.lost < last.lost || account.filtered < last.filtered ||
        account.dropped < last.dropped)
        return goes_backwards;
    if (chunk.number == spool.chunk + 1 && before != last.total)
        return does_not_fit;
    return nullptr;
}

Stretch between(const SpoolLedger& one, const SpoolLedger& next)
{
    return {one.account.time, next.first_session, 0, one.account.session, 0, next.first_session};
}

void add_late_stretch(SpoolLedger& spool, const spool::Chunk& chunk)
{
    const spool::Account& account = chunk.account;
    if (chunk.number > spool.first_chunk)
        return spool.stretches.add_late(chunk.number, account);
    if (account.session != spool.first_session)
        spool.stretches.add_first({account.time, spool.first_session, chunk.number, account.session,
                                   spool.first_chunk, spool.first_session});
    spool.first_chunk = chunk.number;
    spool.first_session = account.session;
}

void append(std::vector<Stretch>& all, const Stretches& more)
{
    all.insert(all.end(), more.all().begin(), more.all().end());
}

} // namespace

Sums SpoolLedger::sums() const
{
    return {.stored = stored,
            .filtered = account.filtered,
            .lost = account.lost,
            .missing = missing,
            .dropped = std::min(account.dropped, missing),
            .missing_chunks = missing_chunks};
}

SpoolLedger& Ledger::spool_of(const std::string& identity)
{
    const auto found = std::ranges::find(spools_, identity, &SpoolLedger::identity);
    if (found != spools_.end())
        return *found;
    if (spools_.size() >= max_spools)
        close_oldest();
    spools_.emplace_back().identity = identity;
    return spools_.back();
}

void Ledger::close_oldest()
{
    const SpoolLedger& oldest = spools_.front();
    past_ += oldest.sums();
    past_stretches_.add_forgotten(oldest.stretches.forgotten());
    for (const Stretch& stretch : oldest.stretches.all())
        past_stretches_.add(stretch);
    if (spools_.size() > 1)
        past_stretches_.add(between(oldest, spools_[1]));
    spools_.erase(spools_.begin());
}

Ledger::Result Ledger::enter(const std::string& identity, const spool::Chunk& chunk)
{
    const auto refuse = [this](const char* why) {
        count_refused();
        return Result{Entry::refused, why};
    };
    const spool::Account& account = chunk.account;
    if (chunk.number == 0 || account.packets > account.total)
        return refuse(does_not_fit);
    const bool is_new =
        std::ranges::find(spools_, identity, &SpoolLedger::identity) == spools_.end();
    if (is_new && chunk.number == 1 && account.packets != account.total)
        return refuse(does_not_fit);

    SpoolLedger& spool = spool_of(identity);
    if (chunk.number <= spool.chunk) {
        switch (spool.holes.fill(chunk.number, account)) {
        case Holes::Fill::contradicts:
            return refuse(does_not_fit);
        case Holes::Fill::not_missing:
            if (chunk.number == spool.chunk && account.total != spool.account.total)
                return refuse("it has the number of another chunk");
            return {Entry::repeated};
        case Holes::Fill::filled:
            break;
        }
        // fill() has checked that these packets were counted as missing.
        spool.missing -= account.packets;
        --spool.missing_chunks;
        add_late_stretch(spool, chunk);
    } else {
        if (const char* const why = contradiction(spool, chunk))
            return refuse(why);
        if (chunk.number > spool.chunk + 1) {
            const std::uint64_t missed = account.total - account.packets - spool.account.total;
            spool.holes.add({spool.chunk + 1, chunk.number - 1, spool.account.total, missed});
            spool.missing += missed;
            spool.missing_chunks += chunk.number - spool.chunk - 1;
        }
        if (spool.chunk == 0) {
            spool.first_chunk = chunk.number;
            spool.first_session = account.session;
        } else
            spool.stretches.add_between(spool.chunk, spool.account, chunk.number, account);
        spool.chunk = chunk.number;
        spool.account = account;
    }
    spool.stored += account.packets;
    return {Entry::stored};
}

Sums Ledger::sums() const
{
    Sums sums = past_;
    for (const SpoolLedger& spool : spools_)
        sums += spool.sums();
    return sums;
}

std::uint64_t Ledger::last_seen() const
{
    return spools_.empty() ? 0 : spools_.back().account.time;
}

std::vector<Stretch> Ledger::stretches() const
{
    std::vector<Stretch> all;
    append(all, past_stretches_);
    for (std::size_t i = 0; i < spools_.size(); ++i) {
        if (i > 0)
            all.push_back(between(spools_[i - 1], spools_[i]));
        append(all, spools_[i].stretches);
    }
    return all;
}

std::uint64_t Ledger::unbound_since() const
{
    return !spools_.empty() && spools_.back().account.is_end ? spools_.back().account.time : 0;
}

void Ledger::restore(std::uint64_t refused, const Sums& past, Stretches past_stretches,
                     std::vector<SpoolLedger> spools)
{
    refused_ = refused;
    past_ = past;
    past_stretches_ = std::move(past_stretches);
    spools_ = std::move(spools);
}

} // namespace fleet
