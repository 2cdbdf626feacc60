// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace command {

// Parsers of option values. All of them throw Failure of wrong_usage; its text names the option and
// the value.

[[noreturn]] void refuse(const std::string& words);

std::uint64_t number(const std::string& option, const std::string& text, std::uint64_t min,
                     std::uint64_t max);

// "5" or "5,6": appends each to the groups.
void append_groups(const std::string& option, const std::string& text,
                   std::vector<std::uint16_t>& groups);

// "nflog:5,6": libpcap's name of a device with these groups; "nflog" is group 0.
void append_groups_of_device(const std::string& option, const std::string& text,
                             std::vector<std::uint16_t>& groups);

// "10s", "500ms", "5m", "2h", "1d" or a number of seconds: more than 0, and at most 2147483647
// seconds.
std::chrono::milliseconds duration(const std::string& option, const std::string& text);

// "512M", "2G" or a number of bytes: at least `min`.
std::uint64_t bytes(const std::string& option, const std::string& text, std::uint64_t min);

// The name of a link type of a savefile to be written.
std::uint32_t link_type(const std::string& option, const std::string& name);

} // namespace command
