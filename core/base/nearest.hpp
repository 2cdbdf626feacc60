// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <vector>

namespace nflog {

// The number of characters to insert, delete or change to turn one word into the other.
inline std::size_t edit_distance(std::string_view one, std::string_view other)
{
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = i;
        row[0] = i + 1;
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, diagonal + 1, changed});
        }
    }
    return row.back();
}

// The name in `described`, a range of structs with a name, that is most similar to `name`.
template <typename Range>
std::string_view nearest_name(std::string_view name, const Range& described)
{
    // A longer word resembles no name. The limit bounds the time for a word of any length.
    constexpr std::size_t max_length = 64;
    name = name.substr(0, max_length);
    return std::ranges::min_element(
               described, {}, [&](const auto& each) { return edit_distance(name, each.name); })
        ->name;
}

} // namespace nflog
