// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool_view.hpp"

#include "colours.hpp"
#include "output.hpp"
#include "spool_state.hpp"
#include "table.hpp"
#include "text.hpp"

#include <unistd.h>

namespace command {

namespace {

void append_words(std::string& text, const std::string& path, const SpoolState& state)
{
    append_escaped(text, path);
    text += ": spool " + state.identity + ", " + grouped(state.bytes) + " bytes in " +
            counted(state.segments, "segment", "segments") + '\n';
    text += state.is_written ? "a capture writes it\n" : "no capture writes it\n";
    if (state.host.empty()) {
        text += "it was never shipped\n";
    } else {
        text += state.is_shipped ? "nflogcap-ship ships it as '"
                                 : "no nflogcap-ship ships it; it was shipped as '";
        append_escaped(text, state.host);
        text += "'\n";
    }
    if (!state.trouble.empty()) {
        text += "nothing is shipped now: ";
        append_escaped(text, state.trouble);
        text += '\n';
    }
}

void append_table(std::string& text, const SpoolState& state, const Colours& colours)
{
    constexpr std::size_t columns = 9;
    Table<columns> table({"GROUP", "CHUNKS", "PACKETS", "UNSENT", "DROPPED", "DAMAGED", "TOTAL",
                          "LOST", "FILTERED"});
    for (const auto& [group, of_group] : state.groups)
        table.add({std::to_string(group),
                   of_group.chunks == 0
                       ? "-"
                       : std::to_string(of_group.first) + "-" + std::to_string(of_group.last),
                   grouped(of_group.packets), grouped(of_group.unacknowledged),
                   grouped(of_group.account.dropped), grouped(of_group.damaged),
                   grouped(of_group.account.total), grouped(of_group.account.lost),
                   grouped(of_group.account.filtered)});
    table.append_to(text, colours);
}

void append_json_of(std::string& text, std::uint16_t number, const SpoolState::Group& group)
{
    const auto member = [&](const char* name, std::uint64_t value) {
        text += std::string(",\"") + name + "\":" + std::to_string(value);
    };
    text += R"({"group":)" + std::to_string(number);
    member("chunks", group.chunks);
    member("first_chunk", group.first);
    member("last_chunk", group.last);
    member("acknowledged_chunk", group.acknowledged);
    member("packets", group.packets);
    member("unsent_packets", group.unacknowledged);
    member("damaged_chunks", group.damaged);
    member("total", group.account.total);
    member("lost", group.account.lost);
    member("filtered", group.account.filtered);
    member("dropped", group.account.dropped);
    text += '}';
}

void append_json_of(std::string& text, const SpoolState& state)
{
    const auto flag = [](bool value) { return value ? "true" : "false"; };
    text += R"({"spool":")" + state.identity + R"(","bytes":)" + std::to_string(state.bytes) +
            R"(,"segments":)" + std::to_string(state.segments) + R"(,"is_written":)" +
            flag(state.is_written) + R"(,"is_shipped":)" + flag(state.is_shipped);
    if (!state.host.empty()) {
        text += R"(,"host":)";
        append_json(text, state.host);
    }
    if (!state.trouble.empty()) {
        text += R"(,"trouble":)";
        append_json(text, state.trouble);
    }
    text += R"(,"groups":[)";
    for (bool is_first = true; const auto& [number, group] : state.groups) {
        if (!is_first)
            text += ',';
        append_json_of(text, number, group);
        is_first = false;
    }
    text += R"(],"damage":[)";
    for (bool is_first = true; const std::string& words : state.damage) {
        if (!is_first)
            text += ',';
        append_json(text, words);
        is_first = false;
    }
    text += "]}\n";
}

} // namespace

ExitStatus view_spool(const SpoolOptions& options)
{
    const SpoolState state = state_of_spool(options.path);
    Output output;
    if (options.json) {
        append_json_of(output.buffer(), state);
    } else {
        append_words(output.buffer(), options.path, state);
        append_table(output.buffer(), state, Colours(STDOUT_FILENO, options.coloring));
        for (const std::string& words : state.damage) {
            append_escaped(output.buffer(), words);
            output.buffer() += '\n';
        }
    }
    output.close();
    return state.damage.empty() ? all_well : failed;
}

} // namespace command
