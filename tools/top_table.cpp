// SPDX-License-Identifier: GPL-2.0-or-later
#include "top_table.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <tuple>

namespace command {

namespace {

std::string fixed(double number, int decimals)
{
    constexpr std::size_t longest = 400; // enough: the largest double has 309 digits
    std::array<char, longest> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
    return text.data();
}

// Returns a rate for users. Small rates have decimals.
std::string rate(std::uint64_t number, double seconds)
{
    if (seconds <= 0)
        return "-";
    constexpr double decimals_below = 10;
    const double value = static_cast<double>(number) / seconds;
    return number == 0              ? "0"
           : value < decimals_below ? fixed(value, 2)
                                    : grouped(static_cast<std::uint64_t>(std::llround(value)));
}

std::string json_number(double number)
{
    constexpr int decimals = 6;
    return fixed(number, decimals);
}

std::string json_rate(std::uint64_t number, double seconds)
{
    return seconds <= 0 ? "null" : json_number(static_cast<double>(number) / seconds);
}

double share(const Figures& some, const Figures& all)
{
    return all.packets == 0 ? 0
                            : static_cast<double>(some.packets) / static_cast<double>(all.packets);
}

// Returns the figures from which the rates of a row are computed.
const Figures& part_of(const HeavyHitters::Row& row, const TopTable& table)
{
    return table.is_whole ? row.whole : row.interval;
}

// Returns the sum of all figures that are not in the rows before `end`.
HeavyHitters::Row others(const TopTable& table, std::size_t end)
{
    HeavyHitters::Row rest{{}, table.whole, table.part};
    for (std::size_t i = 0; i < end; ++i) {
        rest.whole = rest.whole - table.rows[i].whole;
        rest.interval = rest.interval - part_of(table.rows[i], table);
    }
    return rest;
}

using Cells = std::vector<std::string>;

// Only the table of groups has a column of lost packets: of a lost packet, only the group is known.
Cells headings(TopKey key)
{
    Cells cells{"PACKETS/S", "BYTES/S", "SHARE", "PACKETS", "BYTES"};
    if (key == TopKey::group)
        cells.emplace_back("LOST");
    std::string name(name_of(key));
    for (char& letter : name)
        letter = static_cast<char>(std::toupper(letter));
    cells.push_back(name);
    return cells;
}

Cells cells_of(const TopTable& table, TopKey key, const Figures& part, const Figures& whole,
               const std::string& name)
{
    Cells cells{rate(part.packets, table.seconds), rate(part.bytes, table.seconds),
                fixed(100 * share(part, table.part), 1) + '%', grouped(whole.packets),
                grouped(whole.bytes)};
    if (key == TopKey::group)
        cells.push_back(grouped(whole.lost));
    cells.push_back(name);
    return cells;
}

// Appends rows as lines. Numbers are aligned to the right; the name after them is aligned to the
// left.
void append_cells(std::vector<Line>& lines, const std::vector<Cells>& rows, const Colours& colours)
{
    std::vector<std::size_t> widths(rows[0].size());
    for (const Cells& cells : rows) {
        for (std::size_t i = 0; i + 1 < cells.size(); ++i)
            widths[i] = std::max(widths[i], cells[i].size());
    }
    for (const Cells& cells : rows) {
        std::string text;
        for (std::size_t i = 0; i + 1 < cells.size(); ++i)
            text.append(widths[i] - cells[i].size(), ' ').append(cells[i]).append("  ");
        lines.push_back({text + cells.back(), &cells == rows.data() ? colours.strong() : ""});
    }
}

std::vector<Line> head_of(const TopTable& table, const Colours& colours)
{
    const nflogcap_stats& stats = table.stats;
    std::string lost =
        // Losses come first, because a terminal may cut the end of the line.
        grouped(stats.lost) + " lost, ";
    if (stats.unaccounted_batches > 0)
        lost += "maybe more in " +
                counted(stats.unaccounted_batches, "dropped batch", "dropped batches") + ", ";
    std::vector<Line> lines{
        {rate(table.part.packets, table.seconds) + " packets/s, " +
             rate(table.part.bytes, table.seconds) + " bytes/s in " +
             fixed(table.seconds, table.seconds < 1 ? 3 : 1) +
             (table.is_whole ? " s, the whole capture" : " s"),
         {}},
        {lost + grouped(stats.received) + " received, " + grouped(stats.filtered) + " filtered",
         stats.lost > 0 || stats.unaccounted_batches > 0 ? colours.bad() : ""}};
    if (table.max_missing > 0)
        lines.push_back({"more than " + grouped(table.rows.size()) + " keys: each may have up to " +
                             counted(table.max_missing, "packet", "packets") +
                             " more than is shown",
                         colours.warning()});
    return lines;
}

std::string json_of(const Figures& part, const Figures& whole, const TopTable& table)
{
    return R"("packets_per_second":)" + json_rate(part.packets, table.seconds) +
           R"(,"bytes_per_second":)" + json_rate(part.bytes, table.seconds) + R"(,"share":)" +
           json_number(share(part, table.part)) + R"(,"packets":)" + std::to_string(whole.packets) +
           R"(,"bytes":)" + std::to_string(whole.bytes);
}

std::string json_of(const nflogcap_stats& stats)
{
    std::string text;
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i) {
        const auto* at = reinterpret_cast<const unsigned char*>(&stats) + counter->offset;
        std::uint64_t value = 0;
        if (counter->size == sizeof(std::uint32_t)) {
            std::uint32_t number = 0;
            std::memcpy(&number, at, sizeof number);
            value = number;
        } else {
            std::memcpy(&value, at, sizeof value);
        }
        text += std::string(text.empty() ? "{" : ",") + '"' + counter->name +
                "\":" + std::to_string(value);
    }
    return text + '}';
}

} // namespace

void sort_rows(TopTable& table)
{
    const auto order = [&table](const HeavyHitters::Row& row) {
        return std::tuple(part_of(row, table).packets, row.whole.packets);
    };
    std::ranges::sort(table.rows, [&order](const auto& one, const auto& other) {
        const auto a = order(one);
        const auto b = order(other);
        return a != b ? a > b : one.key < other.key;
    });
}

std::vector<Line> lines_of(const TopTable& table, TopKey key, KeyValues& values,
                           std::size_t max_lines, const std::string& waiting,
                           const Colours& colours)
{
    std::vector<Line> lines = head_of(table, colours);
    if (table.rows.empty()) {
        if (!waiting.empty())
            lines.push_back({waiting, colours.faint()});
        return lines;
    }
    std::vector<Cells> cells{headings(key)};
    std::size_t room = max_lines - std::min(max_lines, lines.size() + cells.size());
    // The line that adds up the other rows needs one line itself.
    const bool has_others = table.rows.size() > room || table.max_missing > 0;
    const bool shows_others = has_others && room > 0;
    if (shows_others)
        --room;
    const std::size_t shown = std::min(room, table.rows.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const HeavyHitters::Row& row = table.rows[i];
        cells.push_back(cells_of(table, key, part_of(row, table), row.whole, values.text(row.key)));
    }
    if (shows_others) {
        const HeavyHitters::Row rest = others(table, shown);
        cells.push_back(cells_of(table, key, rest.interval, rest.whole,
                                 table.max_missing > 0
                                     ? "all others"
                                     : counted(table.rows.size() - shown, "other", "others")));
    }
    append_cells(lines, cells, colours);
    return lines;
}

std::string json_of(const TopTable& table, TopKey key, KeyValues& values)
{
    std::string text = R"({"version":1,"by":")" + std::string(name_of(key)) + R"(","whole":)" +
                       (table.is_whole ? "true" : "false") + R"(,"seconds":)" +
                       json_number(table.seconds) + ',' + json_of(table.part, table.whole, table) +
                       R"(,"max_missing":)" + std::to_string(table.max_missing) + R"(,"stats":)" +
                       json_of(table.stats) + R"(,"rows":[)";
    for (const HeavyHitters::Row& row : table.rows) {
        if (text.back() != '[')
            text += ',';
        text += '{' + values.json(row.key) + ',' + json_of(part_of(row, table), row.whole, table);
        if (key == TopKey::group)
            text += R"(,"lost":)" + std::to_string(row.whole.lost);
        text += '}';
    }
    return text + "]}";
}

} // namespace command
