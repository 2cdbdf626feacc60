// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_table.hpp"

#include <algorithm>
#include <iterator>

namespace command {

std::vector<OptionRow> shown_options(std::string_view command)
{
    std::vector<OptionRow> shown;
    std::ranges::copy_if(
        option_table(), std::back_inserter(shown),
        [command](const OptionRow& row) { return is_shown(row) && belongs_to(row, command); });
    return shown;
}

} // namespace command
