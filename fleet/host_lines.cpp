// SPDX-License-Identifier: GPL-2.0-or-later
#include "host_lines.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fleet {

namespace {

using std::chrono::seconds;

// After this time, two accounts are missing: an account arrives every ten seconds.
constexpr seconds long_silence{25};

constexpr std::size_t columns = 7;
using Cells = std::array<std::string, columns>;

Cells cells_of(const HostTable::Row& row)
{
    std::string host;
    command::append_escaped(host, row.host);
    return {host,
            std::to_string(row.group),
            command::grouped(static_cast<std::uint64_t>(std::llround(row.packets_per_second))),
            rounded(row.lag),
            command::grouped(row.lost),
            command::grouped(row.missing),
            (row.is_ended ? "ended " : "") + rounded(row.silent) + " ago"};
}

std::string_view colour_of(const HostTable::Row& row, const command::Colours& colours)
{
    if (row.silent > long_silence)
        return row.is_ended ? colours.faint() : colours.bad();
    return row.lost > 0 || row.missing > 0 ? colours.warning() : "";
}

// Returns one line. The first and the last column are aligned to the left, the others to the right.
std::string line_of(const Cells& cells, const std::array<std::size_t, columns>& widths)
{
    std::string line = cells[0];
    line.append(widths[0] - cells[0].size(), ' ');
    for (std::size_t i = 1; i + 1 < columns; ++i)
        line.append(2 + widths[i] - cells[i].size(), ' ').append(cells[i]);
    return line.append("  ").append(cells[columns - 1]);
}

} // namespace

std::string rounded(std::chrono::nanoseconds time)
{
    struct Unit {
        seconds max; // above this time, the next unit is used
        seconds length;
        const char* name;
    };
    using namespace std::chrono_literals;
    constexpr std::array<Unit, 3> units = {
        {{120s, 1s, " s"}, {120min, 1min, " min"}, {48h, 1h, " h"}}};
    constexpr seconds short_time{10};
    if (time < short_time) {
        const auto tenths =
            std::chrono::duration_cast<std::chrono::milliseconds>(time).count() / 100;
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
    }
    for (const Unit& unit : units) {
        if (time < unit.max)
            return std::to_string(time / unit.length) + unit.name;
    }
    return std::to_string(time / 24h) + " d";
}

std::vector<command::Line> host_lines(const std::vector<HostTable::Row>& rows,
                                      const command::Colours& colours)
{
    std::vector<Cells> cells = {
        {"HOST", "GROUP", "PACKETS/S", "LAG", "LOST", "MISSING", "LAST SEEN"}};
    for (const HostTable::Row& row : rows)
        cells.push_back(cells_of(row));
    std::array<std::size_t, columns> widths{};
    for (const Cells& line : cells) {
        for (std::size_t i = 0; i < columns; ++i)
            widths[i] = std::max(widths[i], line[i].size());
    }
    std::vector<command::Line> lines;
    for (std::size_t i = 0; i < cells.size(); ++i)
        lines.push_back({line_of(cells[i], widths),
                         i == 0 ? colours.strong() : colour_of(rows[i - 1], colours)});
    return lines;
}

} // namespace fleet
