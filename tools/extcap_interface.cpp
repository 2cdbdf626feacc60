// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap_interface.hpp"

#include "failure.hpp"
#include "network_namespace.hpp"
#include "ruleset/logging_rules.hpp"
#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <vector>

namespace command {

namespace {

constexpr std::string_view by_number = "nflogcap";
constexpr std::string_view tap = "nflogcap-tap";
constexpr std::string_view one_group = "nflogcap-";

std::optional<std::uint16_t> number_in(std::string_view text)
{
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// Returns whether the text can be part of an interface's name. Wireshark writes these names between
// braces, and into its preferences.
bool is_plain(std::string_view name)
{
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789-_.";
    return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

// Returns the text as part of a name that Wireshark shows. Such a name ends at a brace.
std::string shown(std::string_view words)
{
    std::string text;
    append_escaped(text, words);
    std::ranges::replace(text, '{', '(');
    std::ranges::replace(text, '}', ')');
    return text;
}

std::string line_of(const ExtcapInterface& interface, const std::string& description)
{
    const std::string where = interface.netns.empty() ? "" : " in " + interface.netns;
    return "interface {value=" + interface.name() + "}{display=" + description + where + "}\n";
}

// Returns the groups that rules log to, with the prefixes of these rules. Returns an empty map if
// the process may not read the rules.
std::map<std::uint16_t, std::vector<std::string>> groups_of_rules()
{
    std::map<std::uint16_t, std::vector<std::string>> groups;
    for (const LoggingRule& rule : read_logging_rules().rules) {
        if (!rule.log.group)
            continue;
        std::vector<std::string>& prefixes = groups[*rule.log.group];
        const std::string prefix = shown(rule.log.prefix);
        if (!prefix.empty() && std::ranges::find(prefixes, prefix) == prefixes.end())
            prefixes.push_back(prefix);
    }
    return groups;
}

std::string description_of(std::uint16_t group, const std::vector<std::string>& prefixes)
{
    constexpr std::size_t max_prefixes = 3;
    std::string text = "NFLOG group " + std::to_string(group);
    for (std::size_t i = 0; i < std::min(prefixes.size(), max_prefixes); ++i)
        text += (i == 0 ? ": \"" : ", \"") + prefixes[i] + '"';
    if (prefixes.size() > max_prefixes)
        text += ", ...";
    return text;
}

std::string interfaces_here(const std::string& netns)
{
    using Kind = ExtcapInterface::Kind;
    std::string text = line_of({Kind::any_group, 0, netns}, "NFLOG group, by number") +
                       line_of({Kind::tap, 0, netns}, "NFLOG tap, a rule for the capture");
    for (const auto& [group, prefixes] : groups_of_rules())
        text += line_of({Kind::one_group, group, netns}, description_of(group, prefixes));
    return text;
}

} // namespace

std::string ExtcapInterface::name() const
{
    std::string text(kind == Kind::any_group ? by_number : kind == Kind::tap ? tap : one_group);
    if (kind == Kind::one_group)
        text += std::to_string(group);
    return netns.empty() ? text : text + '@' + netns;
}

ExtcapInterface extcap_interface(std::string_view name)
{
    using Kind = ExtcapInterface::Kind;
    ExtcapInterface interface;
    const std::size_t at = std::min(name.find('@'), name.size());
    const std::string_view what = name.substr(0, at);
    if (at < name.size())
        interface.netns = name.substr(at + 1);
    const bool is_known_place = at == name.size() || is_plain(interface.netns);
    if (is_known_place && what == by_number)
        return interface;
    interface.kind = what == tap ? Kind::tap : Kind::one_group;
    if (is_known_place && what == tap)
        return interface;
    if (is_known_place && what.starts_with(one_group)) {
        if (const auto group = number_in(what.substr(one_group.size()))) {
            interface.group = *group;
            return interface;
        }
    }
    throw Failure("there is no interface '" + std::string(name) +
                      "'; 'nflogcap --extcap-interfaces' lists them",
                  wrong_usage);
}

std::string extcap_interfaces()
{
    namespace fs = std::filesystem;
    std::string text = interfaces_here("");
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(path_of_netns(""), error), end; !error && at != end;
         at.increment(error))
        names.push_back(at->path().filename());
    std::ranges::sort(names);
    for (const std::string& name : names) {
        if (!is_plain(name))
            continue;
        try {
            enter_netns(path_of_netns(name));
        } catch (const Failure&) {
            continue; // a capture in this namespace would fail too
        }
        text += interfaces_here(name);
    }
    return text;
}

} // namespace command
