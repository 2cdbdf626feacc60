// SPDX-License-Identifier: GPL-2.0-or-later
#include "host_patterns.hpp"

#include "message.hpp"

#include <algorithm>
#include <charconv>
#include <fnmatch.h>

namespace fleet {

HostPatterns::HostPatterns(std::vector<std::string> patterns, std::vector<std::uint16_t> groups)
    : patterns_(std::move(patterns)), groups_(std::move(groups))
{
}

std::string HostPatterns::subject() const
{
    const bool is_one_host =
        patterns_.size() == 1 && patterns_[0].find_first_of("*?[\\") == std::string::npos;
    const std::string host = is_one_host ? token_of_host(patterns_[0]) : "*";
    const std::string group = groups_.size() == 1 ? 'g' + std::to_string(groups_[0]) : "*";
    if (host == group) // both are '*': a shorter subject covers all hosts and groups
        return all_subjects;
    return "nflog.pcap." + host + '.' + group;
}

bool HostPatterns::match(const std::string& host, std::uint16_t group) const
{
    const bool is_group = groups_.empty() || std::ranges::find(groups_, group) != groups_.end();
    if (!is_group || host.find('\0') != std::string::npos)
        return false;
    return patterns_.empty() || std::ranges::any_of(patterns_, [&host](const std::string& pattern) {
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
    const std::string_view last = subject.substr(dot + 1); // the group's part of the subject: "g5"
    std::uint16_t group = 0;
    if (!last.empty())
        std::from_chars(last.data() + 1, last.data() + last.size(), group);
    return subject_of(host, group) == subject && match(host, group);
}

} // namespace fleet
