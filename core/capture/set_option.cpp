// SPDX-License-Identifier: GPL-2.0-or-later
// Converts values of options from text, and checks them.
#include "capture.hpp"
#include "error.hpp"
#include "nearest.hpp"
#include "options.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nflog {

namespace {

constexpr std::array<std::string_view, 4> yes = {"1", "true", "yes", "on"};
constexpr std::array<std::string_view, 4> no = {"0", "false", "no", "off"};

Option option_of(std::string_view name)
{
    const auto at = std::ranges::find(options(), name, &nflogcap_option::name);
    if (at != options().end())
        return static_cast<Option>(at - options().begin());
    throw Error(ENOENT, "there is no option '" + std::string(name) + "'; did you mean '" +
                            std::string(nearest_name(name, options())) + "'?");
}

// Returns text such as "batched, immediate or adaptive".
std::string alternatives(std::string_view choices)
{
    std::string words;
    for (std::size_t space = 0; (space = choices.find(' ')) != std::string_view::npos;
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
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Throws Error: ERANGE if a number is out of range, EINVAL if the value has another fault.
[[noreturn]] void refuse(const nflogcap_option& option, std::string_view value)
{
    const bool ranged = option.kind == NFLOGCAP_INTEGER || option.kind == NFLOGCAP_GROUPS;
    const bool number = is_number(value);
    const char* quote = number ? "" : "'";
    throw Error(ranged && number ? ERANGE : EINVAL,
                std::string("cannot set the ") + option.name + " to " + quote + std::string(value) +
                    quote + ": it must be " + requirement(option));
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

// Returns the number of the choice that has this name.
std::optional<std::int64_t> choice_of(std::string_view choices, std::string_view text)
{
    for (std::int64_t number = 0;; ++number) {
        const std::size_t space = choices.find(' ');
        if (text == choices.substr(0, space))
            return number;
        if (space == std::string_view::npos)
            return {};
        choices.remove_prefix(space + 1);
    }
}

std::int64_t value_of(const nflogcap_option& option, std::string_view text)
{
    switch (option.kind) {
    case NFLOGCAP_BOOLEAN:
        if (std::ranges::find(yes, text) != yes.end())
            return 1;
        if (std::ranges::find(no, text) != no.end())
            return 0;
        refuse(option, text);
    case NFLOGCAP_CHOICE:
        if (const auto number = choice_of(option.choices, text))
            return *number;
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
        if (comma == std::string_view::npos)
            return groups;
        text.remove_prefix(comma + 1);
    }
}

void set_text(Capture& capture, Option option, const char* value)
{
    if (option == Option::filter)
        capture.use_filter(compiled_filter(value));
    else if (option == Option::tap)
        capture.add_tap(capture.settings(option).text(Option::hook).c_str(), value);
    else
        capture.settings(option).set_text(option, value);
}

} // namespace

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
