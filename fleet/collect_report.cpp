// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_report.hpp"

#include "rfc3339.hpp"
#include "table.hpp"
#include "text.hpp"

#include <string_view>

namespace fleet {

namespace {

using command::counted;
using command::grouped;

constexpr std::size_t columns = 10;
using Table = command::Table<columns>;

struct Total {
    Sums sums;
    std::uint64_t refused = 0;
};

Total total_of(const CollectState& state)
{
    Total total{{}, state.refused};
    for (const auto& [key, group] : state.groups) {
        total.sums += group.ledger.sums();
        total.refused = saturated(total.refused, group.ledger.refused());
    }
    return total;
}

std::string time_text(std::uint64_t time)
{
    const nflog::TextWriter::Block text = nflog::rfc3339(time);
    return {text.text.data(), text.length};
}

std::string escaped(std::string_view host)
{
    std::string text;
    command::append_escaped(text, host);
    return text;
}

Table::Row row_of(const std::string& host, const std::string& group, const Sums& sums,
                  std::uint64_t refused, const std::string& last_seen)
{
    return {host,
            group,
            grouped(sums.logged()),
            grouped(sums.stored),
            grouped(sums.filtered),
            grouped(sums.lost),
            grouped(sums.missing),
            grouped(sums.dropped),
            grouped(refused),
            last_seen};
}

std::string chunks_text(const Hole& hole)
{
    return hole.first == hole.last
               ? "chunk " + std::to_string(hole.first)
               : "chunks " + std::to_string(hole.first) + '-' + std::to_string(hole.last);
}

// Appends one line for each fact that has no column in the table.
void append_details(std::string& text, const GroupKey& key, const Ledger& ledger)
{
    const std::string of_group = escaped(key.first) + " group " + std::to_string(key.second) + ": ";
    for (const SpoolLedger& spool : ledger.spools()) {
        if (spool.holes.unnamed_chunks() > 0)
            text += of_group + "missing before these, " +
                    counted(spool.holes.unnamed_chunks(), "chunk", "chunks") + " of spool " +
                    escaped(spool.identity) + '\n';
        for (const Hole& hole : spool.holes.ranges())
            text += of_group + "missing " + chunks_text(hole) + " of spool " +
                    escaped(spool.identity) + ", " + counted(hole.packets, "packet", "packets") +
                    '\n';
    }
    for (const Stretch& stretch : ledger.stretches())
        text += of_group + "not bound from " + time_text(stretch.from) + " to " +
                time_text(stretch.to) + '\n';
    if (ledger.unbound_since() > 0)
        text += of_group + "not bound since " + time_text(ledger.unbound_since()) + '\n';
}

void append_member(std::string& text, const char* name, std::uint64_t value)
{
    text.append(1, '"').append(name).append("\":").append(std::to_string(value));
}

void append_sums(std::string& text, const Sums& sums, std::uint64_t refused)
{
    append_member(text, "logged", sums.logged());
    text += ',';
    append_member(text, "stored", sums.stored);
    text += ',';
    append_member(text, "filtered", sums.filtered);
    text += ',';
    append_member(text, "lost", sums.lost);
    text += ',';
    append_member(text, "missing", sums.missing);
    text += ',';
    append_member(text, "dropped_by_spool", sums.dropped);
    text += ',';
    append_member(text, "missing_chunks", sums.missing_chunks);
    text += ',';
    append_member(text, "refused_messages", refused);
}

// Puts a comma before each object of a list, except before the first.
class List {
public:
    List(std::string& text, const char* name) : text_(text)
    {
        text_.append(",\"").append(name).append("\":[");
    }
    ~List() { text_ += ']'; }
    List(const List&) = delete;
    List& operator=(const List&) = delete;

    std::string& next()
    {
        if (!is_empty_)
            text_ += ',';
        is_empty_ = false;
        return text_;
    }

private:
    std::string& text_;
    bool is_empty_ = true;
};

void append_missing(std::string& text, const Ledger& ledger)
{
    List list(text, "missing_ranges");
    for (const SpoolLedger& spool : ledger.spools()) {
        for (const Hole& hole : spool.holes.ranges()) {
            list.next() += R"({"spool":)";
            command::append_json(text, spool.identity);
            text += ',';
            append_member(text, "first_chunk", hole.first);
            text += ',';
            append_member(text, "last_chunk", hole.last);
            text += ',';
            append_member(text, "packets", hole.packets);
            text += '}';
        }
    }
}

void append_unbound(std::string& text, const Ledger& ledger)
{
    List list(text, "unbound");
    for (const Stretch& stretch : ledger.stretches())
        list.next() += R"({"from":")" + time_text(stretch.from) + R"(","to":")" +
                       time_text(stretch.to) + "\"}";
    if (ledger.unbound_since() > 0)
        list.next() += R"({"from":")" + time_text(ledger.unbound_since()) + "\"}";
}

void append_group(std::string& text, const GroupKey& key, const Ledger& ledger)
{
    text += R"({"host":)";
    command::append_json(text, key.first);
    text += ',';
    append_member(text, "group", key.second);
    text += ',';
    append_sums(text, ledger.sums(), ledger.refused());
    if (ledger.last_seen() > 0)
        text += R"(,"last_seen":")" + time_text(ledger.last_seen()) + '"';
    append_missing(text, ledger);
    append_unbound(text, ledger);
    text += '}';
}

} // namespace

std::string report_text(const CollectState& state, const command::Colours& colours)
{
    Table table({"HOST", "GROUP", "LOGGED", "STORED", "FILTERED", "LOST", "MISSING", "DROPPED",
                 "REFUSED", "LAST SEEN"});
    std::string details;
    for (const auto& [key, group] : state.groups) {
        const Ledger& ledger = group.ledger;
        table.add(row_of(escaped(key.first), std::to_string(key.second), ledger.sums(),
                         ledger.refused(),
                         ledger.last_seen() > 0 ? time_text(ledger.last_seen()) : "-"));
        append_details(details, key, ledger);
    }
    const Total total = total_of(state);
    table.add(row_of("all", "", total.sums, total.refused, ""));
    std::string text;
    table.append_to(text, colours);
    return text + details;
}

std::string report_json(const CollectState& state)
{
    std::string text = R"({"version":1,"stream":)";
    command::append_json(text, state.stream);
    {
        List groups(text, "groups");
        for (const auto& [key, group] : state.groups) {
            groups.next();
            append_group(text, key, group.ledger);
        }
    }
    const Total total = total_of(state);
    text += R"(,"all":{)";
    append_sums(text, total.sums, total.refused);
    return text + "}}\n";
}

} // namespace fleet
