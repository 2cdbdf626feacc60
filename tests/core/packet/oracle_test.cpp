// SPDX-License-Identifier: GPL-2.0-or-later
#include "attributes.hpp"
#include "group_config.hpp"
#include "kernel_batches.hpp"
#include "message_cursor.hpp"
#include "oracle.hpp"
#include "packet_parser.hpp"

#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/fsuid.h>
#include <vector>

// This parser and libnetfilter_log read the same batches of the kernel. Every value must be the
// same, and every pointer must point to the same place.

namespace {

using kernel_batches::Batches;

constexpr std::uint16_t group = 5;

// A different rule at every hook of the ip families, and at both netdev hooks of lo.
const char* const rules = R"(
table inet oracle {
    chain prerouting {
        type filter hook prerouting priority 0
        udp dport 7001 log prefix "prerouting " group 5
    }
    chain input {
        type filter hook input priority 0
        udp dport 7001 log group 5
        udp dport 7001 meta mark set 0x1234fedc log prefix "marked" group 5 snaplen 31
        udp dport 7001 drop
    }
    chain output {
        type filter hook output priority 0
        udp dport 7001 log prefix "output: its owner is known" group 5
    }
    chain postrouting {
        type filter hook postrouting priority 0
        udp dport 7001 log prefix "p" group 5 snaplen 1
    }
}
table netdev oracle {
    chain ingress {
        type filter hook ingress device lo priority 0
        udp dport 7001 log prefix "ingress" group 5
    }
    chain egress {
        type filter hook egress device lo priority 0
        udp dport 7001 log prefix "egress" group 5
    }
}
)";

// Sends as another user than this process, if the user namespace has another user.
void send_as(uid_t user, support::Family family, std::size_t count, std::size_t bytes)
{
    setfsuid(user);
    setfsgid(user);
    support::Sender sender(7001, family);
    setfsuid(0);
    setfsgid(0);
    sender.send(count, bytes);
}

void send_traffic()
{
    for (const support::Family family : {support::Family::ipv4, support::Family::ipv6}) {
        constexpr uid_t somebody = 4242;
        send_as(somebody, family, 20, 8);
        send_as(0, family, 20, 999);
        send_as(0, family, 5, 1);
        send_as(somebody, family, 3, 40'000);
    }
}

Batches record(const nflog::GroupSettings& settings)
{
    kernel_batches::Reader reader({group}, settings);
    send_traffic();
    kernel_batches::Batches batches = reader.take();
    return batches;
}

// The packets of a batch as the parser returns them, which are compared with libnetfilter_log's
// values.
struct Comparison {
    std::vector<nflogcap_packet> views;
    std::size_t compared = 0;
};

int compare(nflog_g_handle*, nfgenmsg* generic, nflog_data* theirs, void* data)
{
    auto& comparison = *static_cast<Comparison*>(data);
    REQUIRE(comparison.compared < comparison.views.size());
    const nflogcap_packet& view = comparison.views.at(comparison.compared++);
    REQUIRE(nflog_get_msg_packet_hdr(theirs) != nullptr);
    const char* difference = oracle::first_difference(view, *generic, theirs);
    INFO((difference != nullptr ? difference : "all alike"));
    REQUIRE(difference == nullptr);
    return 0;
}

std::vector<nflogcap_packet> parse(std::span<const std::byte> batch)
{
    std::vector<nflogcap_packet> views;
    nflog::MessageCursor cursor(batch);
    while (cursor.more()) {
        nflogcap_packet view;
        REQUIRE(nflog::parse_packet(cursor.next(), view));
        views.push_back(view);
    }
    REQUIRE(cursor.take_fragments() == 0);
    return views;
}

constexpr nflog::GroupSettings batched = {
    .snaplen = 2000,
    .queue_threshold = 1000,
    .flush_timeout_ms = 10,
    .batch_size = 65536,
    .conntrack = false,
};

} // namespace

TEST_CASE("the recorded batch shows each field, and packets without it")
{
    const support::Namespace here;
    support::nft(rules);
    std::uint64_t in_any = 0;
    std::uint64_t in_all = ~UINT64_C(0);
    bool ipv4 = false;
    bool ipv6 = false;
    for (const std::vector<std::byte>& batch : record(batched)) {
        for (const nflogcap_packet& view : parse(batch)) {
            in_any |= view.present;
            in_all &= view.present;
            ipv4 = ipv4 || view.hw_protocol == 0x0800;
            ipv6 = ipv6 || view.hw_protocol == 0x86dd;
        }
    }
    CHECK(ipv4);
    CHECK(ipv6);
    const std::uint64_t in_each =
        NFLOGCAP_HAS_PREFIX | NFLOGCAP_HAS_SEQ | NFLOGCAP_HAS_SEQ_GLOBAL | NFLOGCAP_HAS_PAYLOAD;
    const std::uint64_t in_some =
        NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_TIMESTAMP | NFLOGCAP_HAS_INDEV |
        NFLOGCAP_HAS_OUTDEV | NFLOGCAP_HAS_HW_ADDRESS | NFLOGCAP_HAS_HW_TYPE |
        NFLOGCAP_HAS_HW_HEADER | NFLOGCAP_HAS_UID | NFLOGCAP_HAS_GID | NFLOGCAP_HAS_L2_HEADER;
    CHECK(in_all == in_each);
    CHECK(in_any == (in_each | in_some));
}

TEST_CASE("libnetfilter_log's getters return the same as the parser, packet by packet")
{
    nflog::GroupSettings settings = batched;
    SECTION("many packets per batch") {}
    SECTION("one packet per batch")
    {
        settings.queue_threshold = 1;
    }
    SECTION("metadata only")
    {
        settings.snaplen = 0;
    }

    const support::Namespace here;
    support::nft(rules);
    Batches batches = record(settings);
    oracle::Library library(group);
    std::size_t packets = 0;
    for (std::vector<std::byte>& batch : batches) {
        Comparison comparison = {parse(batch)};
        library.call_back(compare, &comparison);
        library.read(batch);
        CHECK(comparison.compared == comparison.views.size());
        packets += comparison.compared;
    }
    // Seven rules log each datagram. At some hooks, each fragment of a long datagram is logged.
    CHECK(packets >= 7U * 2 * (20 + 20 + 5 + 3));
    CHECK((settings.queue_threshold == 1) == (batches.size() == packets));
}

TEST_CASE("libnetfilter_log's table of attributes has the same values as the parser")
{
    const support::Namespace here;
    support::nft(rules);
    std::size_t packets = 0;
    for (const std::vector<std::byte>& batch : record(batched)) {
        for (const nflogcap_packet& view : parse(batch)) {
            std::array<nlattr*, NFULA_MAX + 1> table{};
            const auto* header = reinterpret_cast<const nlmsghdr*>(view.message - NLMSG_HDRLEN);
            REQUIRE(nflog_nlmsg_parse(header, table.data()) == MNL_CB_OK);
            for (std::uint16_t type = 1; type <= NFULA_HWLEN; ++type) {
                CAPTURE(type);
                const nlattr* theirs = table.at(type);
                const auto ours = nflog::find_attribute(
                    {reinterpret_cast<const std::byte*>(view.message), view.message_length}, type);
                REQUIRE((theirs != nullptr) == (ours.data() != nullptr));
                if (theirs != nullptr) {
                    REQUIRE(mnl_attr_get_payload(theirs) == ours.data());
                    REQUIRE(mnl_attr_get_payload_len(theirs) == ours.size());
                }
            }
            ++packets;
        }
    }
    CHECK(packets > 0);
}
