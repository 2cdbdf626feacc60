// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstdint>
#include <string>

// What the library changes in its own table, over the socket that owns it and without libnftables,
// which would read the table first.
namespace nflog {

// A chain in which the rule of a tap stands. Both return 0, or the kernel's errno.
struct TapChain {
    const Tap& tap;
    const std::string& table;
    std::string chain;
};
// Has the packets at a hook pass the chain.
int add_hook(int owner, const TapChain& of, const Tap::Hook& hook);
// Removes the chain and its hooks.
int remove_tap(int owner, const TapChain& of);

// Removes the table; an answer is not waited for.
void remove_table(int owner, std::uint8_t family, const std::string& table) noexcept;

} // namespace nflog
