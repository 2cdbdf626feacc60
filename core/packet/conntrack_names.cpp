// SPDX-License-Identifier: GPL-2.0-or-later
#include "conntrack_names.hpp"

#include <cstddef>
#include <netinet/in.h>
#include <span>

namespace nflog {

namespace {

constexpr const char* tcp_states[] = {
    "none",       "syn_sent", "syn_recv",  "established", "fin_wait",
    "close_wait", "last_ack", "time_wait", "close",       "syn_sent2",
};
constexpr const char* sctp_states[] = {
    "none",          "closed",        "cookie_wait",       "cookie_echoed",  "established",
    "shutdown_sent", "shutdown_recd", "shutdown_ack_sent", "heartbeat_sent", "heartbeat_acked",
};
constexpr const char* dccp_states[] = {
    "none",     "request", "respond",  "partopen", "open",
    "closereq", "closing", "timewait", "ignore",   "invalid",
};

std::span<const char* const> states_of(std::uint8_t protocol) noexcept
{
    switch (protocol) {
    case IPPROTO_TCP:
        return tcp_states;
    case IPPROTO_SCTP:
        return sctp_states;
    case IPPROTO_DCCP:
        return dccp_states;
    default:
        return {};
    }
}

// The kernel first numbers the states of packets in the original direction, then those in the reply
// direction.
constexpr const char* packet_states[] = {"established", "related", "new"};
static_assert(std::size(packet_states) == IP_CT_IS_REPLY);

constexpr bool has_words(std::uint32_t ct_info) noexcept
{
    return ct_info < 2 * std::size(packet_states);
}

} // namespace

const char* connection_state(std::uint32_t ct_info) noexcept
{
    return has_words(ct_info) ? packet_states[ct_info % std::size(packet_states)] : nullptr;
}

const char* connection_direction(std::uint32_t ct_info) noexcept
{
    if (!has_words(ct_info))
        return nullptr;
    return ct_info < IP_CT_IS_REPLY ? "original" : "reply";
}

const char* protocol_state_name(std::uint8_t protocol, std::uint8_t state) noexcept
{
    const auto states = states_of(protocol);
    return state < states.size() ? states[state] : nullptr;
}

} // namespace nflog
