// SPDX-License-Identifier: GPL-2.0-or-later
#include "list.hpp"

#include "colours.hpp"
#include "group_table.hpp"
#include "network_namespace.hpp"
#include "output.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace command {

namespace {

constexpr std::size_t columns = 6;
using Row = std::array<std::string, columns>;

Row row_of(const BoundGroup& group, const std::map<std::uint32_t, Process>& owners)
{
    std::string owner;
    if (const auto process = owners.find(group.port); process != owners.end()) {
        owner = std::to_string(process->second.pid) + ' ';
        append_escaped(owner, process->second.name);
    } else {
        owner = "unknown, netlink port " + std::to_string(group.port);
    }
    const char* copies = group.copies == BoundGroup::Copies::packets    ? "packets"
                         : group.copies == BoundGroup::Copies::metadata ? "metadata"
                                                                        : "nothing";
    return {std::to_string(group.group),
            owner,
            copies,
            group.copies == BoundGroup::Copies::packets ? std::to_string(group.snaplen) : "-",
            std::to_string(group.flush_timeout) + " ms",
            std::to_string(group.queued)};
}

void append_row(std::string& text, const Row& row, const std::array<std::size_t, columns>& widths)
{
    for (std::size_t i = 0; i < columns; ++i) {
        text += row[i];
        if (i + 1 < columns)
            text.append(widths[i] - row[i].size() + 2, ' ');
    }
    text += '\n';
}

} // namespace

ExitStatus list(const ListOptions& options)
{
    enter_netns(options.netns);
    const std::vector<BoundGroup> groups = bound_groups();
    if (groups.empty()) {
        std::fputs("no group is bound in this network namespace\n", stderr);
        return all_well;
    }
    const Row headings{"GROUP", "OWNER", "COPIES", "SNAPLEN", "FLUSH TIMEOUT", "QUEUED"};
    const std::map<std::uint32_t, Process> owners = owners_of(groups);
    std::vector<Row> rows;
    rows.reserve(groups.size());
    for (const BoundGroup& group : groups)
        rows.push_back(row_of(group, owners));
    std::array<std::size_t, columns> widths{};
    for (std::size_t i = 0; i < columns; ++i) {
        widths[i] = headings[i].size();
        for (const Row& row : rows)
            widths[i] = std::max(widths[i], row[i].size());
    }
    Output output;
    const Colours colours(STDOUT_FILENO, options.coloring);
    output.buffer() += colours.strong();
    append_row(output.buffer(), headings, widths);
    output.buffer() += colours.plain();
    for (const Row& row : rows)
        append_row(output.buffer(), row, widths);
    output.close();
    return all_well;
}

} // namespace command
