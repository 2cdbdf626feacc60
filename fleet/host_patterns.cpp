// SPDX-License-Identifier: GPL-2.0-or-later
#include "host_patterns.hpp"

#include "message.hpp"

#include <algorithm>
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
