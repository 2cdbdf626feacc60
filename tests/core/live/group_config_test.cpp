// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_config.hpp"

#include <linux/netfilter/nfnetlink_log.h>

#include "catch.hpp"

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <map>
#include <sys/socket.h>
#include <vector>

using nflog::ConfigMessage;
using nflog::GroupSettings;

namespace {

using Bytes = std::vector<unsigned>; // unsigned, so that Catch prints numbers
using Attributes = std::map<unsigned, Bytes>;

constexpr GroupSettings settings = {
    .snaplen = 0x1234,
    .queue_threshold = 0x01020304,
    .flush_timeout_ms = 20,
    .batch_size = 0x00020000,
    .conntrack = false,
};

// The attributes of a message by their types. Fails if an attribute occurs twice.
Attributes attributes(const ConfigMessage& message)
{
    Attributes result;
    const auto collect = [](const nlattr* attribute, void* data) {
        const auto* value = static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute));
        const bool is_new = static_cast<Attributes*>(data)
                                ->emplace(attribute->nla_type,
                                          Bytes(value, value + mnl_attr_get_payload_len(attribute)))
                                .second;
        CHECK(is_new);
        return MNL_CB_OK;
    };
    REQUIRE(mnl_attr_parse(&message.header(), sizeof(nfgenmsg), collect, &result) == MNL_CB_OK);
    return result;
}

Attributes bound_with(const GroupSettings& changed)
{
    return attributes(ConfigMessage::bind(5, changed, 1));
}

void check_headers(const ConfigMessage& message, std::uint32_t sequence, const Bytes& generic)
{
    const nlmsghdr& header = message.header();
    CHECK(header.nlmsg_type == ((NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_CONFIG));
    CHECK(header.nlmsg_flags == (NLM_F_REQUEST | NLM_F_ACK));
    CHECK(header.nlmsg_seq == sequence);
    CHECK(header.nlmsg_pid == 0);
    const auto* payload = static_cast<const std::uint8_t*>(mnl_nlmsg_get_payload(&header));
    CHECK(Bytes(payload, payload + sizeof(nfgenmsg)) == generic);
}

} // namespace

TEST_CASE("a group is bound with all its settings in one message")
{
    const ConfigMessage message = ConfigMessage::bind(0xfedc, settings, 77);
    check_headers(message, 77, {AF_UNSPEC, NFNETLINK_V0, 0xfe, 0xdc});
    CHECK(attributes(message) == Attributes{
                                     {NFULA_CFG_CMD, {NFULNL_CFG_CMD_BIND}},
                                     {NFULA_CFG_MODE, {0, 0, 0x12, 0x34, NFULNL_COPY_PACKET, 0}},
                                     {NFULA_CFG_NLBUFSIZ, {0, 2, 0, 0}},
                                     {NFULA_CFG_TIMEOUT, {0, 0, 0, 2}},
                                     {NFULA_CFG_QTHRESH, {1, 2, 3, 4}},
                                     {NFULA_CFG_FLAGS, {0, 0b011}},
                                 });
}

TEST_CASE("a group is unbound by a command without other attributes")
{
    const ConfigMessage message = ConfigMessage::unbind(258, 0xffffffff);
    check_headers(message, 0xffffffff, {AF_UNSPEC, NFNETLINK_V0, 1, 2});
    CHECK(attributes(message) == Attributes{{NFULA_CFG_CMD, {NFULNL_CFG_CMD_UNBIND}}});
}

TEST_CASE("the first and the last group are bound by their numbers")
{
    check_headers(ConfigMessage::bind(0, settings, 1), 1, {0, 0, 0, 0});
    check_headers(ConfigMessage::bind(65535, settings, 2), 2, {0, 0, 0xff, 0xff});
}

TEST_CASE("a snaplen of 0 requests only metadata, and any other snaplen this number of bytes")
{
    const auto mode = [](std::uint32_t snaplen) {
        GroupSettings changed = settings;
        changed.snaplen = snaplen;
        return bound_with(changed).at(NFULA_CFG_MODE);
    };
    CHECK(mode(0) == Bytes{0, 0, 0, 0, NFULNL_COPY_META, 0});
    CHECK(mode(1) == Bytes{0, 0, 0, 1, NFULNL_COPY_PACKET, 0});
    CHECK(mode(65531) == Bytes{0, 0, 0xff, 0xfb, NFULNL_COPY_PACKET, 0});
}

TEST_CASE("a flush timeout is rounded up to units of 10 ms")
{
    const auto timeout = [](std::uint32_t milliseconds) {
        GroupSettings changed = settings;
        changed.flush_timeout_ms = milliseconds;
        return bound_with(changed).at(NFULA_CFG_TIMEOUT);
    };
    CHECK(timeout(0) == Bytes{0, 0, 0, 0});
    CHECK(timeout(1) == Bytes{0, 0, 0, 1});
    CHECK(timeout(10) == Bytes{0, 0, 0, 1});
    CHECK(timeout(11) == Bytes{0, 0, 0, 2});
    CHECK(timeout(3'600'000) == Bytes{0, 5, 0x7e, 0x40});
}

TEST_CASE("sequence numbers are always requested, and conntrack entries if wanted")
{
    GroupSettings changed = settings;
    CHECK(bound_with(changed).at(NFULA_CFG_FLAGS) ==
          Bytes{0, NFULNL_CFG_F_SEQ | NFULNL_CFG_F_SEQ_GLOBAL});
    changed.conntrack = true;
    CHECK(bound_with(changed).at(NFULA_CFG_FLAGS) ==
          Bytes{0, NFULNL_CFG_F_SEQ | NFULNL_CFG_F_SEQ_GLOBAL | NFULNL_CFG_F_CONNTRACK});
}

TEST_CASE("the largest threshold is passed on unchanged")
{
    GroupSettings changed = settings;
    changed.queue_threshold = 0xffffffff;
    CHECK(bound_with(changed).at(NFULA_CFG_QTHRESH) == Bytes{0xff, 0xff, 0xff, 0xff});
}
