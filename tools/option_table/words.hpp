// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// Splits a list into its words.
constexpr std::vector<std::string_view> split(std::string_view list, char separator)
{
    std::vector<std::string_view> words;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(separator), list.size());
        if (end > 0)
            words.push_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return words;
}

constexpr bool has_word(std::string_view list, std::string_view word, char separator = ' ')
{
    const std::vector<std::string_view> words = split(list, separator);
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Joins words with separators, such as "a, b or c".
template <typename Words>
std::string join(const Words& words, std::string_view separator, std::string_view last_separator)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            text += i + 1 < words.size() ? separator : last_separator;
        text += words[i];
    }
    return text;
}

} // namespace command
