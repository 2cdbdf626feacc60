// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace command {

// Functions that parse option values. If the value is invalid, each throws Failure with
// wrong_usage, which names the option and the value.

[[noreturn]] void refuse(const std::string& words);

std::uint64_t number(const std::string& option, const std::string& text, std::uint64_t min,
                     std::uint64_t max);

// Parses "5" or "5,6", and appends each number to the groups.
void append_groups(const std::string& option, const std::string& text,
                   std::vector<std::uint16_t>& groups);

// Parses "nflog:5,6", libpcap's name of a device with these groups. "nflog" is group 0.
void append_groups_of_device(const std::string& option, const std::string& text,
                             std::vector<std::uint16_t>& groups);

// Parses "10s", "500ms", "5m", "2h", "1d" or a number of seconds. The result is more than 0 and at
// most 2147483647 seconds.
std::chrono::milliseconds duration(const std::string& option, const std::string& text);

// Parses "512M", "2G" or a number of bytes. The result is at least `min`.
std::uint64_t bytes(const std::string& option, const std::string& text, std::uint64_t min);

// Parses the name of a link type for writing a savefile.
std::uint32_t link_type(const std::string& option, const std::string& name);

} // namespace command
