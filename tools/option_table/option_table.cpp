// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_table.hpp"

#include "captured.hpp"
#include "other.hpp"
#include "output.hpp"

#include <algorithm>
#include <array>

namespace command {

namespace {

template <std::size_t... Sizes>
constexpr auto concatenate(const std::array<OptionRow, Sizes>&... parts)
{
    std::array<OptionRow, (Sizes + ...)> rows;
    auto* end = rows.data();
    ((end = std::copy(parts.begin(), parts.end(), end)), ...);
    return rows;
}

// --help and the manual have the options in this order.
constexpr auto rows = concatenate(
    options_of_what_is_captured, options_of_what_is_done_with_it, options_of_top, options_of_lists,
    options_of_spools, options_about_the_command, options_of_tcpdump, options_of_wireshark);

constexpr auto commands = std::to_array<CommandRow>({
    {"list", "", "the groups that are bound here, their owners and settings"},
    {"doctor", "[-g GROUP]", "what a capture needs, and what to do where it is missing"},
    {"top", "-g GROUP", "what logs most, as a table each second"},
    {"spool", "DIR", "what is in the directory of --spool"},
    {"ship", "--spool DIR", "send what is in a spool to a broker: nflogcap-ship(1)"},
    {"collect", "--out DIR", "keep what hosts send to a broker: nflogcap-collect(1)"},
    {"watch", "[HOST]", "packets of hosts as they come: nflogcap-watch(1)"},
    {"demo", "", "packets captured in a network namespace made for it"},
    {"help", "COMMAND", "the options of one of these"},
});

constexpr bool share_a_command(const OptionRow& one, const OptionRow& other)
{
    return std::ranges::any_of(split(one.commands, ' '), [&](std::string_view command) {
        return belongs_to(other, command);
    });
}

constexpr bool has_one_row_for_each_name_in_a_command()
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const std::string_view name : split(rows[i].names, ',')) {
            for (std::size_t other = 0; other < i; ++other) {
                if (has_word(rows[other].names, name, ',') && share_a_command(rows[i], rows[other]))
                    return false;
            }
        }
    }
    return true;
}

// By the first names of the others, in a command that has both.
constexpr bool knows_each_option_that_another_excludes_or_needs()
{
    const auto is_known = [](const OptionRow& row, std::string_view name) {
        return std::ranges::any_of(rows, [&](const OptionRow& other) {
            return first_name(other) == name && share_a_command(row, other);
        });
    };
    for (const OptionRow& row : rows) {
        for (const std::string_view list : {row.excludes, row.needs}) {
            for (const std::string_view names : split(list, ' ')) {
                for (const std::string_view name : split(names, '|')) {
                    if (!is_known(row, name))
                        return false;
                }
            }
        }
    }
    return true;
}

constexpr bool describes_each_option_that_is_shown()
{
    return std::ranges::all_of(rows, [](const OptionRow& row) {
        return !is_shown(row) || (!row.brief.empty() && !row.manual.empty());
    });
}

constexpr bool has_a_command_for_each_option()
{
    return std::ranges::all_of(rows, [](const OptionRow& row) {
        return !row.commands.empty() &&
               std::ranges::all_of(split(row.commands, ' '), [](std::string_view name) {
                   return name == "capture" ||
                          std::ranges::find(commands, name, &CommandRow::name) != commands.end();
               });
    });
}

static_assert(has_one_row_for_each_name_in_a_command());
static_assert(knows_each_option_that_another_excludes_or_needs());
static_assert(describes_each_option_that_is_shown());
static_assert(has_a_command_for_each_option());

} // namespace

std::span<const OptionRow> option_table()
{
    return rows;
}

std::span<const CommandRow> command_table()
{
    return commands;
}

std::vector<OptionRow> shown_options(std::string_view command)
{
    std::vector<OptionRow> shown;
    std::ranges::copy_if(rows, std::back_inserter(shown), [command](const OptionRow& row) {
        return is_shown(row) && belongs_to(row, command);
    });
    return shown;
}

} // namespace command
