// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_config.hpp"
#include "message_cursor.hpp"
#include "netlink_socket.hpp"
#include "oracle.hpp"
#include "packet_parser.hpp"

#include "catch.hpp"
#include "network.hpp"

#include <arpa/inet.h>
#include <array>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <string>
#include <sys/fsuid.h>
#include <vector>

// Real batches of the kernel's, read by this parser and by libnetfilter_log from the same bytes:
// every value must be the same, and every pointer must point to the same place.

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint32_t socket_buffer = 4 * 1024 * 1024;

using Batches = std::vector<std::vector<std::byte>>;

// Every hook of the ip families with a rule of its own shape, and both of netdev on lo.
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

// As another user than this process, where the user namespace has one.
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

bool is_packets(std::span<const std::byte> datagram)
{
    return reinterpret_cast<const nlmsghdr*>(datagram.data())->nlmsg_type != NLMSG_ERROR;
}

void send(nflog::NetlinkSocket& socket, const nflog::ConfigMessage& message)
{
    REQUIRE(socket.send(message.header()) == 0);
}

// Takes what the kernel sends until it is silent.
void collect(nflog::NetlinkSocket& socket, Batches& batches)
{
    constexpr int silence_ms = 100;
    std::vector<std::byte> room(std::size_t{512} * 1024);
    pollfd watched = {socket.fd(), POLLIN, 0};
    while (poll(&watched, 1, silence_ms) == 1) {
        const nflog::NetlinkSocket::Datagram datagram = socket.receive(room);
        REQUIRE(datagram.error == 0);
        REQUIRE_FALSE(datagram.truncated);
        if (is_packets(datagram.bytes))
            batches.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
    }
}

Batches record(const nflog::GroupSettings& settings)
{
    nflog::NetlinkSocket socket(socket_buffer);
    send(socket, nflog::ConfigMessage::bind(group, settings, 1));
    Batches batches;
    send_traffic();
    collect(socket, batches);
    send(socket, nflog::ConfigMessage::unbind(group, 2));
    collect(socket, batches);
    return batches;
}

// The parser's views of a batch, and what libnetfilter_log says of each.
struct Comparison {
    std::vector<nflogcap_packet> views;
    std::size_t compared = 0;
};

using Getter = int(nflog_data*, std::uint32_t*);

void compare_number(const nflogcap_packet& view, std::uint64_t bit, std::uint32_t ours,
                    nflog_data* theirs, Getter* getter)
{
    std::uint32_t value = 0;
    const bool present = getter(theirs, &value) == 0;
    REQUIRE(((view.present & bit) != 0) == present);
    REQUIRE(ours == value);
}

void compare_link_layer(const nflogcap_packet& view, nflog_data* theirs)
{
    REQUIRE(view.hw_type == nflog_get_hwtype(theirs));
    REQUIRE(view.hw_header_length == nflog_get_msg_packet_hwhdrlen(theirs));
    REQUIRE(reinterpret_cast<const char*>(view.hw_header) == nflog_get_msg_packet_hwhdr(theirs));
    const nfulnl_msg_packet_hw* address = nflog_get_packet_hw(theirs);
    REQUIRE(view.hw_address == (address != nullptr ? address->hw_addr : nullptr));
    REQUIRE(view.hw_address_length == (address != nullptr ? ntohs(address->hw_addrlen) : 0));
}

void compare_timestamp(const nflogcap_packet& view, nflog_data* theirs)
{
    timeval time{};
    const bool present = nflog_get_timestamp(theirs, &time) == 0;
    REQUIRE(((view.present & NFLOGCAP_HAS_TIMESTAMP) != 0) == present);
    const auto seconds = static_cast<std::uint64_t>(time.tv_sec);
    const auto microseconds = static_cast<std::uint64_t>(time.tv_usec);
    REQUIRE(view.timestamp_ns == seconds * 1'000'000'000 + microseconds * 1'000);
}

int compare(nflog_g_handle*, nfgenmsg* generic, nflog_data* theirs, void* data)
{
    auto& comparison = *static_cast<Comparison*>(data);
    REQUIRE(comparison.compared < comparison.views.size());
    const nflogcap_packet& view = comparison.views.at(comparison.compared++);

    REQUIRE(view.message == reinterpret_cast<const std::uint8_t*>(generic));
    REQUIRE(view.family == generic->nfgen_family);
    REQUIRE(view.group == ntohs(generic->res_id));
    const nfulnl_msg_packet_hdr* header = nflog_get_msg_packet_hdr(theirs);
    REQUIRE(header != nullptr);
    REQUIRE(view.hw_protocol == ntohs(header->hw_protocol));
    REQUIRE(view.hook == header->hook);
    REQUIRE(view.mark == nflog_get_nfmark(theirs));
    REQUIRE(view.indev == nflog_get_indev(theirs));
    REQUIRE(view.outdev == nflog_get_outdev(theirs));
    REQUIRE(view.physindev == nflog_get_physindev(theirs));
    REQUIRE(view.physoutdev == nflog_get_physoutdev(theirs));
    REQUIRE(view.prefix == nflog_get_prefix(theirs));
    compare_timestamp(view, theirs);
    compare_link_layer(view, theirs);
    compare_number(view, NFLOGCAP_HAS_UID, view.uid, theirs, nflog_get_uid);
    compare_number(view, NFLOGCAP_HAS_GID, view.gid, theirs, nflog_get_gid);
    compare_number(view, NFLOGCAP_HAS_SEQ, view.seq, theirs, nflog_get_seq);
    compare_number(view, NFLOGCAP_HAS_SEQ_GLOBAL, view.seq_global, theirs, nflog_get_seq_global);

    char* payload = nullptr;
    const int length = nflog_get_payload(theirs, &payload);
    REQUIRE(((view.present & NFLOGCAP_HAS_PAYLOAD) != 0) == (length >= 0));
    if (length >= 0) {
        REQUIRE(reinterpret_cast<const char*>(view.payload) == payload);
        REQUIRE(view.payload_length == static_cast<std::uint32_t>(length));
    }
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

TEST_CASE("what is recorded shows each field, and packets without it")
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
    const std::uint64_t in_some = NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_TIMESTAMP | NFLOGCAP_HAS_INDEV |
                                  NFLOGCAP_HAS_OUTDEV | NFLOGCAP_HAS_HW_ADDRESS |
                                  NFLOGCAP_HAS_HW_TYPE | NFLOGCAP_HAS_HW_HEADER | NFLOGCAP_HAS_UID |
                                  NFLOGCAP_HAS_GID | NFLOGCAP_HAS_L2_HEADER;
    CHECK(in_all == in_each);
    CHECK(in_any == (in_each | in_some));
}

TEST_CASE("libnetfilter_log's getters give what the parser reads, packet by packet")
{
    nflog::GroupSettings settings = batched;
    SECTION("many packets a batch") {}
    SECTION("a packet a batch")
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
    // Seven rules log each datagram, and a long one is logged by fragments at some hooks.
    CHECK(packets >= 7U * 2 * (20 + 20 + 5 + 3));
    CHECK((settings.queue_threshold == 1) == (batches.size() == packets));
}

TEST_CASE("libnetfilter_log's table of attributes gives what the parser reads")
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
