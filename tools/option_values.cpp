// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_values.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>

namespace command {

void refuse(const std::string& words)
{
    throw Failure(words, wrong_usage);
}

std::uint64_t number(const std::string& option, const std::string& text, std::uint64_t min,
                     std::uint64_t max)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < min || value > max)
        refuse(option + ": '" + text + "' is not a number from " + std::to_string(min) + " to " +
               std::to_string(max));
    return value;
}

void append_groups(const std::string& option, const std::string& text,
                   std::vector<std::uint16_t>& groups)
{
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        groups.push_back(
            static_cast<std::uint16_t>(number(option, text.substr(begin, end - begin), 0,
                                              std::numeric_limits<std::uint16_t>::max())));
        begin = end + 1;
    }
}

void append_groups_of_device(const std::string& option, const std::string& text,
                             std::vector<std::uint16_t>& groups)
{
    constexpr std::string_view device = "nflog";
    if (text == device) {
        groups.push_back(0);
        return;
    }
    if (!text.starts_with(device) || text[device.size()] != ':')
        refuse(option + ": '" + text +
               "' is not an NFLOG device such as nflog:5; to capture packets of another device use "
               "a rule: --tap MATCH, with --hook ingress:DEVICE for packets that arrive at it");
    append_groups(option, text.substr(device.size() + 1), groups);
}

std::chrono::milliseconds duration(const std::string& option, const std::string& text)
{
    struct Unit {
        std::string_view name;
        std::uint64_t milliseconds;
    };
    constexpr std::array<Unit, 6> units = {
        {{"", 1'000}, {"s", 1'000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    constexpr std::uint64_t max = std::numeric_limits<std::int32_t>::max() * 1'000ULL;
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    const auto* const unit = std::ranges::find(units, std::string_view(rest, end), &Unit::name);
    if (error != std::errc() || unit == units.end() || value == 0 ||
        value > max / unit->milliseconds)
        refuse(option + ": '" + text +
               "' is not a time such as 10s, 500ms, 5m, 2h or 1d, of at most 2147483647 seconds");
    return std::chrono::milliseconds(value * unit->milliseconds);
}

std::uint64_t bytes(const std::string& option, const std::string& text, std::uint64_t min)
{
    constexpr std::string_view units = "KMGT";
    constexpr unsigned bits_a_unit = 10;
    constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
    std::uint64_t value = 0;
    const char* const end_of_text = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), end_of_text, value);
    const std::string_view unit(end, static_cast<std::size_t>(end_of_text - end));
    const std::size_t at = unit.size() == 1 ? units.find(unit) : std::string_view::npos;
    const unsigned bits = unit.empty() ? 0 : bits_a_unit * static_cast<unsigned>(at + 1);
    if (error != std::errc() || (!unit.empty() && at == std::string_view::npos) ||
        value > max >> bits || value << bits < min)
        refuse(option + ": '" + text + "' is not a number of bytes of at least " +
               std::to_string(min) + ", such as 512M or 2G");
    return value << bits;
}

} // namespace command
