// SPDX-License-Identifier: GPL-2.0-or-later
#include "hook_names.hpp"

#include <algorithm>
#include <array>
#include <linux/netfilter.h>

namespace nflog {

namespace {

struct Family {
    std::uint8_t number;
    const char* name;
    // By number; each family numbers its hooks differently
    std::array<const char*, max_hooks> hooks;
};

constexpr Family families[] = {
    {NFPROTO_IPV4, "ipv4", {"prerouting", "input", "forward", "output", "postrouting", "ingress"}},
    {NFPROTO_ARP, "arp", {"input", "output", "forward"}},
    {NFPROTO_NETDEV, "netdev", {"ingress", "egress"}},
    {NFPROTO_BRIDGE,
     "bridge",
     {"prerouting", "input", "forward", "output", "postrouting", "brouting"}},
    {NFPROTO_IPV6, "ipv6", {"prerouting", "input", "forward", "output", "postrouting", "ingress"}},
};

static_assert(std::ranges::all_of(families, [](const Family& family) {
    return family.number < max_families;
}));

const Family* find(std::uint8_t number) noexcept
{
    const auto* const found = std::ranges::find(families, number, &Family::number);
    return found == std::end(families) ? nullptr : found;
}

} // namespace

const char* family_name(std::uint8_t family) noexcept
{
    const Family* const found = find(family);
    return found == nullptr ? nullptr : found->name;
}

const char* hook_name(std::uint8_t family, std::uint8_t hook) noexcept
{
    const Family* const found = find(family);
    return found == nullptr || hook >= found->hooks.size() ? nullptr : found->hooks[hook];
}

} // namespace nflog
