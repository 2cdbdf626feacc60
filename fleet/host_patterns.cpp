// SPDX-License-Identifier: GPL-2.0-or-later
#include "host_patterns.hpp"

#include "message.hpp"

#include <algorithm>
#include <charconv>
#include <fnmatch.h>

namespace fleet {

HostPatterns::HostPatterns(std::vector<std::string> patterns, std::optional<std::uint16_t> group)
    : patterns_(std::move(patterns)), group_(group)
{
}

std::string HostPatterns::subject() const
{
    const bool is_one_host =
        patterns_.size() == 1 && patterns_[0].find_first_of("*?[\\") == std::string::npos;
    if (is_one_host && group_)
        return subject_of(patterns_[0], *group_);
    if (is_one_host)
        return "nflog.pcap." + token_of_host(patterns_[0]) + ".*";
    if (group_)
        return "nflog.pcap.*.g" + std::to_string(*group_);
    return all_subjects;
}

bool HostPatterns::match(const std::string& host, std::uint16_t group) const
{
    if ((group_ && *group_ != group) || host.find('\0') != std::string::npos)
        return false;
    return patterns_.empty() ||
           std::ranges::any_of(patterns_, [&host](const std::string& pattern) {
               return fnmatch(pattern.c_str(), host.c_str(), 0) == 0;
           });
}

bool HostPatterns::match_subject(std::string_view subject) const
{
    constexpr std::string_view prefix = "nflog.pcap.";
    const std::size_t dot = subject.find_last_of('.');
    if (!subject.starts_with(prefix) || dot < prefix.size())
        return false;
    const std::string host = host_of_token(subject.substr(prefix.size(), dot - prefix.size()));
    const std::string_view last = subject.substr(dot + 1); // "g5"
    std::uint16_t group = 0;
    if (!last.empty())
        std::from_chars(last.data() + 1, last.data() + last.size(), group);
    return subject_of(host, group) == subject && match(host, group);
}

std::string HostPatterns::words() const
{
    std::string text;
    for (const std::string& pattern : patterns_)
        text += (text.empty() ? "'" : ", '") + pattern + "'";
    if (!text.empty())
        text.insert(0, patterns_.size() == 1 ? "host " : "hosts ");
    if (group_)
        text += (text.empty() ? "group " : ", group ") + std::to_string(*group_);
    return text;
}

} // namespace fleet
