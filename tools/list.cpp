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

const char* copies_of(const BoundGroup& group)
{
    switch (group.copies) {
    case BoundGroup::Copies::packets:
        return "packets";
    case BoundGroup::Copies::metadata:
        return "metadata";
    default:
        return "nothing";
    }
}

Row row_of(const BoundGroup& group, const std::map<std::uint32_t, Process>& owners)
{
    std::string owner;
    if (const auto process = owners.find(group.port); process != owners.end()) {
        owner = std::to_string(process->second.pid) + ' ';
        append_escaped(owner, process->second.name);
    } else {
        owner = "unknown, netlink port " + std::to_string(group.port);
    }
    return {std::to_string(group.group),
            owner,
            copies_of(group),
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

void append_json_of(std::string& text, const BoundGroup& group,
                    const std::map<std::uint32_t, Process>& owners)
{
    text += R"({"group":)" + std::to_string(group.group) + R"(,"netlink_port":)" +
            std::to_string(group.port);
    if (const auto process = owners.find(group.port); process != owners.end()) {
        text += R"(,"pid":)" + std::to_string(process->second.pid) + R"(,"process":)";
        append_json(text, process->second.name);
    }
    text += R"(,"copies":")" + std::string(copies_of(group)) + '"';
    if (group.copies == BoundGroup::Copies::packets)
        text += R"(,"snaplen":)" + std::to_string(group.snaplen);
    text += R"(,"flush_timeout_ms":)" + std::to_string(group.flush_timeout) + R"(,"queued":)" +
            std::to_string(group.queued) + "}\n";
}

void append_table(std::string& text, const std::vector<BoundGroup>& groups,
                  const std::map<std::uint32_t, Process>& owners, const Colours& colours)
{
    const Row headings{"GROUP", "OWNER", "COPIES", "SNAPLEN", "FLUSH TIMEOUT", "QUEUED"};
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
    text += colours.strong();
    append_row(text, headings, widths);
    text += colours.plain();
    for (const Row& row : rows)
        append_row(text, row, widths);
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
    const std::map<std::uint32_t, Process> owners = owners_of(groups);
    Output output;
    if (options.json) {
        for (const BoundGroup& group : groups)
            append_json_of(output.buffer(), group, owners);
    } else {
        append_table(output.buffer(), groups, owners, Colours(STDOUT_FILENO, options.coloring));
    }
    output.close();
    return all_well;
}

} // namespace command
