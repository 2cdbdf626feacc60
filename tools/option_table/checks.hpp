// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace command {

// Functions that join the parts of a table, and check the table at compile time.

template <std::size_t... Sizes>
constexpr auto concatenate(const std::array<OptionRow, Sizes>&... parts)
{
    std::array<OptionRow, (Sizes + ...)> rows;
    auto* end = rows.data();
    ((end = std::copy(parts.begin(), parts.end(), end)), ...);
    return rows;
}

constexpr bool share_a_command(const OptionRow& one, const OptionRow& other)
{
    return std::ranges::any_of(split(one.commands, ' '), [&](std::string_view command) {
        return belongs_to(other, command);
    });
}

constexpr bool has_one_row_for_each_name_in_a_command(std::span<const OptionRow> rows)
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

// Returns whether `excludes` and `needs` contain only first names of options that share a command
// with the row.
constexpr bool knows_each_option_that_another_excludes_or_needs(std::span<const OptionRow> rows)
{
    const auto is_known = [rows](const OptionRow& row, std::string_view name) {
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

constexpr bool describes_each_option_that_is_shown(std::span<const OptionRow> rows)
{
    return std::ranges::all_of(rows, [](const OptionRow& row) {
        return !is_shown(row) || (!row.brief.empty() && !row.manual.empty());
    });
}

constexpr bool has_a_command_for_each_option(std::span<const OptionRow> rows,
                                             std::span<const CommandRow> commands)
{
    return std::ranges::all_of(rows, [commands](const OptionRow& row) {
        return !row.commands.empty() &&
               std::ranges::all_of(split(row.commands, ' '), [commands](std::string_view name) {
                   return name == "capture" ||
                          std::ranges::find(commands, name, &CommandRow::name) != commands.end();
               });
    });
}

} // namespace command
