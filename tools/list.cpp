// SPDX-License-Identifier: GPL-2.0-or-later
#include "list.hpp"

#include "colours.hpp"
#include "group_table.hpp"
#include "network_namespace.hpp"
#include "output.hpp"
#include "table.hpp"
#include "text.hpp"

#include <cstdio>
#include <vector>

namespace command {

namespace {

constexpr std::size_t columns = 6;
using GroupTable = Table<columns>;

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

GroupTable::Row row_of(const BoundGroup& group, const Owners& owners)
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

void append_json_of(std::string& text, const BoundGroup& group, const Owners& owners)
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

void append_table(std::string& text, const std::vector<BoundGroup>& groups, const Owners& owners,
                  const Colours& colours)
{
    GroupTable table({"GROUP", "OWNER", "COPIES", "SNAPLEN", "FLUSH TIMEOUT", "QUEUED"});
    for (const BoundGroup& group : groups)
        table.add(row_of(group, owners));
    table.append_to(text, colours);
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
    const Owners owners = owners_of(groups);
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
