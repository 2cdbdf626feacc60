// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstdint>
#include <string>

// Changes to the library's own table. They use the socket that owns the table, and not libnftables,
// because that would read the whole table first.
namespace nflog {

// The chain that contains the rule of a tap. The two functions below return 0 or the kernel's
// errno.
struct TapChain {
    const Tap& tap;
    const std::string& table;
    std::string chain;
};
// Makes the packets at a hook pass through the chain.
int add_hook(int owner, const TapChain& of, const Tap::Hook& hook);
// Removes the chain and its hooks.
int remove_tap(int owner, const TapChain& of);

// Removes the table, without waiting for an answer.
void remove_table(int owner, std::uint8_t family, const std::string& table) noexcept;

} // namespace nflog
