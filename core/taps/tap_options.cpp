// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_options.hpp"

#include "characters.hpp"
#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <linux/netfilter_ipv4.h>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace nflog {

namespace {

// The priority right after connection tracking (-200), so that a match on ct works. Marks (-150),
// address translation (-100 and 100) and filters (0) come later, so that they have not changed or
// dropped the packets yet.
constexpr std::int32_t default_priority = NF_IP_PRI_CONNTRACK + 1;

struct Name {
    std::string_view name;
    std::int32_t priority;
};
constexpr std::array names = {
    Name{"raw", NF_IP_PRI_RAW},           Name{"mangle", NF_IP_PRI_MANGLE},
    Name{"dstnat", NF_IP_PRI_NAT_DST},    Name{"filter", NF_IP_PRI_FILTER},
    Name{"security", NF_IP_PRI_SECURITY}, Name{"srcnat", NF_IP_PRI_NAT_SRC},
};

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

template <typename Number>
std::optional<Number> number_in(std::string_view text)
{
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<std::int64_t> priority_in(const std::vector<std::string>& words)
{
    constexpr std::size_t with_offset = 3; // "filter - 1"
    if (words.size() != 1 && words.size() != with_offset)
        return std::nullopt;
    const auto* const known = std::ranges::find(names, words.front(), &Name::name);
    if (known == names.end())
        return words.size() == 1 ? number_in<std::int64_t>(words.front()) : std::nullopt;
    if (words.size() == 1)
        return known->priority;
    const auto offset = number_in<std::uint32_t>(words.back());
    if (!offset || (words[1] != "+" && words[1] != "-"))
        return std::nullopt;
    return known->priority + (words[1] == "+" ? 1 : -1) * static_cast<std::int64_t>(*offset);
}

} // namespace

std::int32_t number_of_priority(const std::string& words)
{
    if (words.empty())
        return default_priority;
    const auto number = priority_in(words_of(words));
    using Limits = std::numeric_limits<std::int32_t>;
    if (!number || *number < Limits::min() || *number > Limits::max())
        throw Error(EINVAL,
                    "cannot tap with the priority '" + words +
                        "': a priority is a number, raw, mangle, dstnat, filter, security or "
                        "srcnat, also with an offset, such as filter - 1");
    return static_cast<std::int32_t>(*number);
}

void require_prefix(const std::string& prefix)
{
    constexpr std::size_t max_bytes = 127;                       // the kernel's limit
    constexpr std::string_view not_in_quotation_marks = "\"\\$"; // nft's rule
    if (prefix.size() > max_bytes || std::ranges::any_of(prefix, is_control) ||
        prefix.find_first_of(not_in_quotation_marks) != std::string::npos)
        throw Error(EINVAL,
                    "cannot tap with the prefix '" + prefix +
                        "': a prefix has up to 127 bytes, and no control character, quotation "
                        "mark, backslash or dollar sign");
}

void require_limit(const std::string& limit)
{
    constexpr std::array<std::string_view, 5> units = {"second", "minute", "hour", "day", "week"};
    constexpr std::size_t with_burst = 4; // "10/second burst 20 packets"
    if (limit.empty())
        return;
    const std::vector<std::string> words = words_of(limit);
    const std::string_view rate = words.empty() ? std::string_view() : words.front();
    const std::size_t slash = std::min(rate.find('/'), rate.size());
    const bool is_rate = number_in<std::uint32_t>(rate.substr(0, slash)).value_or(0) > 0 &&
                         slash < rate.size() &&
                         std::ranges::find(units, rate.substr(slash + 1)) != units.end();
    const bool has_burst = words.size() == with_burst && words[1] == "burst" &&
                           number_in<std::uint32_t>(words[2]).value_or(0) > 0 &&
                           words[3] == "packets";
    if (!is_rate || (words.size() != 1 && !has_burst))
        throw Error(EINVAL,
                    "cannot tap with the limit '" + limit +
                        "': a limit is a number of packets for each second, minute, hour, day "
                        "or week, such as 10/second, or 10/second burst 20 packets");
}

} // namespace nflog
