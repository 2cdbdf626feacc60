// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

// Begins messages to nf_tables. Then functions of libmnl add the attributes.
namespace nflog {

// Begins a message at `place`.
inline nlmsghdr* put_message(char* place, std::uint16_t type, int flags, std::uint8_t family,
                             std::uint16_t subsystem)
{
    nlmsghdr* message = mnl_nlmsg_put_header(place);
    message->nlmsg_type = type;
    message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
    header->nfgen_family = family;
    header->version = NFNETLINK_V0;
    header->res_id = htons(subsystem);
    return message;
}

// Begins a message about the tables of a family. The type is one of NFT_MSG_*.
inline nlmsghdr* put_table_message(char* place, int type, int flags, std::uint8_t family)
{
    constexpr int bits_of_a_type = 8;
    const int of_nf_tables = (NFNL_SUBSYS_NFTABLES << bits_of_a_type) | type;
    return put_message(place, static_cast<std::uint16_t>(of_nf_tables), flags, family, 0);
}

} // namespace nflog
