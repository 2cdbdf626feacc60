// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_config.hpp"

// The kernel's header must come first. Both headers use the same include guard, and
// libnetfilter_log's copy lacks the newer attributes.
#include <linux/netfilter/nfnetlink_log.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace nflog {

ConfigMessage::ConfigMessage(std::uint16_t group, std::uint32_t sequence)
{
    nlmsghdr* message = nflog_nlmsg_put_header(bytes_.data(), NFULNL_MSG_CONFIG, AF_UNSPEC, group);
    message->nlmsg_seq = sequence;
}

// The kernel acknowledges each message made by this constructor.
ConfigMessage::ConfigMessage(std::uint16_t group, std::uint8_t command, std::uint32_t sequence)
    : ConfigMessage(group, sequence)
{
    header().nlmsg_flags |= NLM_F_ACK;
    nflog_attr_put_cfg_cmd(&header(), command);
}

void ConfigMessage::put_gathering(std::uint32_t queue_threshold, std::uint32_t batch_size)
{
    mnl_attr_put_u32(&header(), NFULA_CFG_NLBUFSIZ, htonl(batch_size));
    mnl_attr_put_u32(&header(), NFULA_CFG_QTHRESH, htonl(queue_threshold));
}

void ConfigMessage::put_settings(const GroupSettings& settings)
{
    constexpr std::uint32_t ms_per_unit = 10;
    nlmsghdr* message = &header();
    // A copy range of 0 would mean the maximum.
    nflog_attr_put_cfg_mode(message, settings.snaplen != 0 ? NFULNL_COPY_PACKET : NFULNL_COPY_META,
                            settings.snaplen);
    put_gathering(settings.queue_threshold, settings.batch_size);
    mnl_attr_put_u32(message, NFULA_CFG_TIMEOUT,
                     htonl((settings.flush_timeout_ms + ms_per_unit - 1) / ms_per_unit));
    const int flags = NFULNL_CFG_F_SEQ | NFULNL_CFG_F_SEQ_GLOBAL |
                      (settings.conntrack ? NFULNL_CFG_F_CONNTRACK : 0);
    mnl_attr_put_u16(message, NFULA_CFG_FLAGS, htons(static_cast<std::uint16_t>(flags)));
}

ConfigMessage ConfigMessage::bind(std::uint16_t group, const GroupSettings& settings,
                                  std::uint32_t sequence)
{
    ConfigMessage config(group, NFULNL_CFG_CMD_BIND, sequence);
    config.put_settings(settings);
    return config;
}

ConfigMessage ConfigMessage::change(std::uint16_t group, const GroupSettings& settings,
                                    std::uint32_t sequence)
{
    ConfigMessage config(group, sequence);
    config.header().nlmsg_flags |= NLM_F_ACK;
    config.put_settings(settings);
    return config;
}

ConfigMessage ConfigMessage::unbind(std::uint16_t group, std::uint32_t sequence)
{
    return {group, NFULNL_CFG_CMD_UNBIND, sequence};
}

ConfigMessage ConfigMessage::gather(std::uint16_t group, std::uint32_t queue_threshold,
                                    std::uint32_t batch_size, std::uint32_t sequence)
{
    ConfigMessage config(group, sequence);
    config.put_gathering(queue_threshold, batch_size);
    return config;
}

const nlmsghdr& ConfigMessage::header() const noexcept
{
    return *reinterpret_cast<const nlmsghdr*>(bytes_.data());
}

nlmsghdr& ConfigMessage::header() noexcept
{
    return *reinterpret_cast<nlmsghdr*>(bytes_.data());
}

} // namespace nflog
