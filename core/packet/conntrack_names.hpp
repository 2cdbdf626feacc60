// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <linux/netfilter/nf_conntrack_common.h>
#include <string_view>

namespace nflog {

// Translate the kernel's number (IP_CT_*) to the names of nft's "ct state" and "ct direction".
// Return nullptr if the number has no name.
const char* connection_state(std::uint32_t ct_info) noexcept;
const char* connection_direction(std::uint32_t ct_info) noexcept;

// The kernel's name for a connection's state in `protocol` (IPPROTO_*). nullptr if the state has no
// name.
const char* protocol_state_name(std::uint8_t protocol, std::uint8_t state) noexcept;

// A bit of a connection's status, and its name.
struct ConnectionStatus {
    std::uint32_t flag;
    std::string_view name;
};
inline constexpr std::array<ConnectionStatus, 16> connection_statuses{{
    {IPS_EXPECTED, "expected"},
    {IPS_SEEN_REPLY, "seen_reply"},
    {IPS_ASSURED, "assured"},
    {IPS_CONFIRMED, "confirmed"},
    {IPS_SRC_NAT, "snat"},
    {IPS_DST_NAT, "dnat"},
    {IPS_SEQ_ADJUST, "seq_adjust"},
    {IPS_SRC_NAT_DONE, "snat_done"},
    {IPS_DST_NAT_DONE, "dnat_done"},
    {IPS_DYING, "dying"},
    {IPS_FIXED_TIMEOUT, "fixed_timeout"},
    {IPS_TEMPLATE, "template"},
    {UINT32_C(1) << 12, "nat_clash"}, // IPS_NAT_CLASH; older headers call it IPS_UNTRACKED
    {UINT32_C(1) << 13, "helper"},
    {UINT32_C(1) << 14, "offload"},
    {UINT32_C(1) << 15, "hw_offload"},
}};

} // namespace nflog
