// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstdint>
#include <string>

// What the library changes in its own table, over the socket that owns it and without libnftables,
// which would read the table first.
namespace nflog {

// Has the packets at a hook pass the chain. 0, or the kernel's errno.
int add_hook(int owner, std::uint8_t family, const std::string& table, const std::string& chain,
             const Tap::Hook& hook);

// Removes the table; an answer is not waited for.
void remove_table(int owner, std::uint8_t family, const std::string& table) noexcept;

} // namespace nflog
