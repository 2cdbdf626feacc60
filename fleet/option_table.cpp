// SPDX-License-Identifier: GPL-2.0-or-later
// The options of the fleet's programs.
#include "option_table/option_table.hpp"
#include "option_table/checks.hpp"
#include "option_table/collect.hpp"
#include "option_table/connection.hpp"
#include "option_table/ship.hpp"
#include "option_table/watch.hpp"

#include <array>

namespace command {

namespace {

// --help and the manuals list the options in this order.
constexpr auto rows =
    concatenate(fleet::options_of_ship, fleet::options_of_collect, fleet::options_of_watch,
                fleet::options_of_connection, fleet::options_about_the_program);

constexpr auto commands = std::to_array<CommandRow>({
    {"ship", "", "send the packets in a spool to a broker"},
    {"collect", "", "store the packets that hosts send"},
    {"watch", "", "print packets of hosts as they arrive"},
});

static_assert(has_one_row_for_each_name_in_a_command(rows));
static_assert(knows_each_option_that_another_excludes_or_needs(rows));
static_assert(describes_each_option_that_is_shown(rows));
static_assert(has_a_command_for_each_option(rows, commands));

} // namespace

std::span<const OptionRow> option_table()
{
    return rows;
}

std::span<const CommandRow> command_table()
{
    return commands;
}

std::string name_on_command_line(std::string_view command)
{
    return "nflogcap-" + std::string(command);
}

} // namespace command
