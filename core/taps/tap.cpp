// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap.hpp"

#include "characters.hpp"
#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <linux/netfilter.h>
#include <net/if.h>
#include <string_view>
#include <utility>

namespace nflog {

namespace {

constexpr char quotation_mark = '"';
constexpr std::string_view ingress = "ingress";
constexpr std::array<std::string_view, 5> hooks_without_device = {"prerouting", "input", "forward",
                                                                  "output", "postrouting"};

// A device's name is in quotation marks in nft's command. There nft accepts a star as a wildcard.
bool is_device_name(std::string_view name)
{
    constexpr std::array never = {quotation_mark, '*', '/', ' '};
    return !name.empty() && name.size() < IFNAMSIZ && std::ranges::none_of(name, is_control) &&
           std::ranges::find_first_of(name, never) == name.end();
}

Tap::Hook hook_of(std::string_view words)
{
    if (std::ranges::find(hooks_without_device, words) != hooks_without_device.end())
        return {std::string(words), ""};
    if (words.starts_with(ingress) && words.substr(ingress.size()).starts_with(':')) {
        const std::string_view device = words.substr(ingress.size() + 1);
        if (is_device_name(device))
            return {std::string(ingress), std::string(device)};
    }
    throw Error(EINVAL, "cannot tap at '" + std::string(words) +
                            "': a hook is prerouting, input, forward, output, postrouting, or "
                            "ingress:DEVICE, such as ingress:eth0");
}

// Checks that the match has no character that could end the rule that contains the match.
std::string checked_match(std::string_view words)
{
    const auto refuse = [words](const std::string& what) -> Error {
        return {EINVAL, "cannot tap '" + std::string(words) +
                            "': a match is one line without ';' and '#'; this one contains " +
                            what};
    };
    for (const char character : words) {
        if (is_control(character) && character != '\t')
            throw refuse("a control character");
        if (character == ';' || character == '#')
            throw refuse(std::string(1, character));
    }
    if (std::ranges::count(words, quotation_mark) % 2 != 0)
        throw refuse("a quotation mark without a second one");
    return std::string(words);
}

// Returns the names in a match, except those in quotation marks.
std::vector<std::string_view> names_in(std::string_view match)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const std::string further = std::string(letters) + "0123456789/-_.";
    std::vector<std::string_view> names;
    while (!match.empty()) {
        std::size_t length = 1;
        if (match.front() == quotation_mark) {
            length = std::min(match.find(quotation_mark, 1), match.size() - 1) + 1;
        } else if (letters.find(match.front()) != std::string_view::npos) {
            length = std::min(match.find_first_not_of(further), match.size());
            names.push_back(match.substr(0, length));
        }
        match.remove_prefix(length);
    }
    return names;
}

// Refuses names in a match that have side effects when nft reads them, or when the rule is added.
// For some names the kernel then changes a setting (net.netfilter.nf_conntrack_acct). For others
// nft loads the fingerprints of operating systems into the kernel. The change remains after the
// rule is removed, so a check of the finished rule would be too late. Maps are refused because
// libnftables 1.0.6 crashes when a map is compared with a value. A tap does not need maps.
void refuse_names(const std::string& match)
{
    constexpr std::array<std::string_view, 3> accounted = {"bytes", "packets", "avgpkt"};
    std::string_view before;
    for (const std::string_view name : names_in(match)) {
        if (name == "map")
            throw Error(EINVAL, "cannot tap '" + match +
                                    "': a map finds a value, and a tap only matches; name the "
                                    "values in a set, such as tcp dport { 22, 80 }");
        const bool counts = before == "ct" && std::ranges::find(accounted, name) != accounted.end();
        if (counts || name == "osf")
            throw Error(EINVAL, "cannot tap '" + match + "': '" + std::string(name) +
                                    "' changes a setting of the kernel that outlives the tap; "
                                    "match by something else, or write a rule that logs to a "
                                    "group, and capture that group");
        if (before != "ct" || (name != "original" && name != "reply"))
            before = name;
    }
}

} // namespace

std::uint8_t Tap::family() const noexcept
{
    return hooks_.front().device.empty() ? NFPROTO_INET : NFPROTO_NETDEV;
}

// Without a hook, a tap has two hooks: they see all packets that arrive, before the packets are
// changed, and all packets that this host sends.
Tap::Tap(const char* hook, const char* match, TapOptions options)
    : match_(checked_match(match == nullptr ? "" : match)), options_(std::move(options)),
      priority_(number_of_priority(options_.priority))
{
    refuse_names(match_);
    require_prefix(options_.prefix);
    require_limit(options_.limit);
    if (hook == nullptr || *hook == '\0')
        hooks_ = {{"prerouting", ""}, {"output", ""}};
    else
        hooks_ = {hook_of(hook)};
}

} // namespace nflog
