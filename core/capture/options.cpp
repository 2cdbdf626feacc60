// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include "capture.hpp"
#include "error.hpp"
#include "nearest.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace nflog {

namespace {

struct Range {
    std::uint64_t minimum;
    std::uint64_t maximum;
};

constexpr nflogcap_option integer(const char* name, Range range, std::uint64_t default_value,
                                  const char* unit, const char* description)
{
    return {
        name, description, unit, "", range.minimum, range.maximum, default_value, NFLOGCAP_INTEGER,
        0,    0,           0};
}

constexpr nflogcap_option other(std::uint32_t kind, const char* name, const char* description,
                                const char* choices = "")
{
    return {name, description, "", choices, 0, 0, 0, kind, 0, 0, 0};
}

constexpr nflogcap_option live(nflogcap_option option)
{
    option.is_live = 1;
    return option;
}

constexpr nflogcap_option repeatable(nflogcap_option option)
{
    option.is_repeatable = 1;
    return option;
}

constexpr nflogcap_option groups()
{
    nflogcap_option option =
        other(NFLOGCAP_GROUPS, "groups",
              "NFLOG groups to capture; not required with a tap or a savefile");
    option.maximum = std::numeric_limits<std::uint16_t>::max();
    return option;
}

// The kernel acknowledges values outside of these ranges too, and then does something else.
constexpr std::array<nflogcap_option, 13> options = {
    repeatable(groups()),
    integer("snaplen", {0, 65531}, 65531, "bytes",
            "bytes of payload to copy of each packet; 0: metadata only"),
    other(
        NFLOGCAP_CHOICE, "delivery",
        "batched: many packets per batch, least CPU, milliseconds of delay; immediate: one packet "
        "per batch, least delay, most CPU; adaptive: immediate at a low packet rate, batched at a "
        "high one",
        "batched immediate adaptive"),
    integer("queue_threshold", {1, std::numeric_limits<std::uint32_t>::max()}, 65535, "packets",
            "packets that the kernel gathers before it delivers a batch; 1 by default if the "
            "delivery is immediate"),
    integer("flush_timeout", {0, 3'600'000}, 10, "milliseconds",
            "longest time that the kernel gathers packets, rounded up to a multiple of 10"),
    integer("batch_size", {4096, 131'072}, 131'072, "bytes",
            "bytes that the kernel allocates for a batch; 4096 by default if the delivery is "
            "immediate"),
    integer("socket_buffer", {4096, 1'073'741'823}, 33'554'432, "bytes",
            "bytes of socket buffer to request"),
    other(NFLOGCAP_BOOLEAN, "conntrack", "packets come with their conntrack entry (ct, ct_info)"),
    other(
        NFLOGCAP_PATH, "netns",
        "path of the network namespace to capture in, such as /run/netns/blue; by default that of "
        "the thread that starts"),
    other(NFLOGCAP_PATH, "savefile",
          "path of a pcap or pcapng file to read packets from instead of the kernel; \"-\" is "
          "standard input"),
    live(
        other(NFLOGCAP_TEXT, "filter",
              "expression of pcap-filter(7), such as \"udp port 53\": only packets that it matches "
              "are delivered")),
    other(NFLOGCAP_TEXT, "hook",
          "where the taps stand: prerouting, input, forward, output, postrouting or "
          "ingress:DEVICE; by default at prerouting and output"),
    repeatable(
        other(NFLOGCAP_TEXT, "tap",
              "what to capture, as a match of nft, such as \"tcp dport 443\": a firewall rule "
              "logs it to the capture and does nothing else; \"\": all packets")),
};

constexpr std::size_t max_quoted = 100; // bytes of a value in words

Option option_of(std::string_view name)
{
    const auto at = std::ranges::find(options, name, &nflogcap_option::name);
    if (at != options.end())
        return static_cast<Option>(at - options.begin());
    throw Error(ENOENT, "there is no option '" + std::string(name.substr(0, max_quoted)) +
                            "'; did you mean '" + std::string(nearest_name(name, options)) + "'?");
}

// "batched, immediate or adaptive"
std::string alternatives(std::string_view choices)
{
    std::string words;
    for (std::size_t space; (space = choices.find(' ')) != choices.npos;
         choices.remove_prefix(space + 1)) {
        if (!words.empty())
            words += ", ";
        words += choices.substr(0, space);
    }
    return words.append(" or ").append(choices);
}

std::string requirement(const nflogcap_option& option)
{
    switch (option.kind) {
    case NFLOGCAP_CHOICE:
        return alternatives(option.choices);
    case NFLOGCAP_BOOLEAN:
        return "yes or no";
    default:
        return std::to_string(option.minimum) + " to " + std::to_string(option.maximum) +
               (*option.unit == '\0' ? "" : " ") + option.unit;
    }
}

bool is_number(std::string_view text)
{
    text.remove_prefix(text.starts_with('-') ? 1 : 0);
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// EINVAL for what is not of the option's kind, ERANGE for a number that is out of range.
[[noreturn]] void refuse(const nflogcap_option& option, std::string_view value)
{
    const bool ranged = option.kind == NFLOGCAP_INTEGER || option.kind == NFLOGCAP_GROUPS;
    const bool number = is_number(value);
    const char* quote = number ? "" : "'";
    throw Error(ranged && number ? ERANGE : EINVAL,
                std::string("cannot set the ") + option.name + " to " + quote +
                    std::string(value.substr(0, max_quoted)) + quote + ": it must be " +
                    requirement(option));
}

std::int64_t number_of(const nflogcap_option& option, std::string_view text)
{
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!is_number(text) || read.ec != std::errc())
        refuse(option, text);
    require_number(option, number);
    return number;
}

// The place of the text among the words, which spaces separate.
std::optional<std::int64_t> place_of(std::string_view text, std::string_view words)
{
    for (std::int64_t place = 0;; ++place) {
        const std::size_t space = words.find(' ');
        if (text == words.substr(0, space))
            return place;
        if (space == words.npos)
            return {};
        words.remove_prefix(space + 1);
    }
}

std::int64_t value_of(const nflogcap_option& option, std::string_view text)
{
    switch (option.kind) {
    case NFLOGCAP_BOOLEAN:
        if (const auto place = place_of(text, "0 1 false true no yes off on"))
            return *place % 2;
        refuse(option, text);
    case NFLOGCAP_CHOICE:
        if (const auto place = place_of(text, option.choices))
            return *place;
        [[fallthrough]];
    default:
        return number_of(option, text);
    }
}

std::vector<std::uint16_t> groups_of(const nflogcap_option& option, std::string_view text)
{
    std::vector<std::uint16_t> groups;
    for (;;) {
        const std::size_t comma = text.find(',');
        groups.push_back(static_cast<std::uint16_t>(number_of(option, text.substr(0, comma))));
        if (comma == text.npos)
            return groups;
        text.remove_prefix(comma + 1);
    }
}

void set_text(Capture& capture, Option option, const char* value)
{
    if (option == Option::filter)
        capture.set_filter(value);
    else if (option == Option::tap)
        capture.add_tap(capture.settings(option).text(Option::hook).c_str(), value);
    else
        capture.settings(option).set_text(option, value);
}

} // namespace

const nflogcap_option& describe(Option option) noexcept
{
    return options[static_cast<std::size_t>(option)];
}

const nflogcap_option* option_at(std::size_t index) noexcept
{
    return index < options.size() ? &options[index] : nullptr;
}

void require_number(const nflogcap_option& option, std::int64_t number)
{
    const auto maximum = option.kind == NFLOGCAP_BOOLEAN ? 1
                         : option.kind == NFLOGCAP_CHOICE
                             ? std::ranges::count(std::string_view(option.choices), ' ')
                             : static_cast<std::int64_t>(option.maximum);
    if (number < static_cast<std::int64_t>(option.minimum) || number > maximum)
        refuse(option, std::to_string(number));
}

void set_option(Capture& capture, std::string_view name, const char* value)
{
    const Option option = option_of(name);
    const nflogcap_option& described = describe(option);
    if (value == nullptr && described.is_repeatable != 0)
        throw Error(EINVAL, "cannot set the " + std::string(name) +
                                " to nothing: each value is added, and there is no default");
    switch (described.kind) {
    case NFLOGCAP_GROUPS:
        for (const std::uint16_t group : groups_of(described, value))
            capture.add_group(group);
        break;
    case NFLOGCAP_INTEGER:
    case NFLOGCAP_CHOICE:
    case NFLOGCAP_BOOLEAN: {
        Settings& settings = capture.settings(option);
        if (value == nullptr)
            settings.reset(option);
        else
            settings.set_number(option, value_of(described, value));
        break;
    }
    default:
        set_text(capture, option, value);
    }
}

} // namespace nflog
