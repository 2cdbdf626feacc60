// SPDX-License-Identifier: GPL-2.0-or-later
// This library and libnetfilter_conntrack read the same conntrack entries, and every value must be
// the same. Some entries come from a dump of the kernel (ctnetlink), because not every kernel can
// add entries to packets. The others are composed by the test.
#include "conntrack_messages.hpp"

#include "conntrack.hpp"

#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using synthetic::Bytes;

struct Entry {
    std::uint16_t family; // AF_INET or AF_INET6
    Bytes bytes;
};

const char* const rules = R"(
table inet t {
    chain raw {
        type filter hook output priority raw
        udp dport 9 ct zone set 3
        udp dport 10 ct original zone set 4
    }
    chain nat {
        type nat hook output priority -100
        tcp dport 4430 dnat ip to 127.0.0.1:4431
    }
    chain output {
        type filter hook output priority 0
        udp dport 9 ct mark set 0xfedc1234
        ct state new counter
    }
}
)";

class Socket {
public:
    Socket(int family, int type, int protocol) : fd_(socket(family, type | SOCK_CLOEXEC, protocol))
    {
        if (fd_ < 0)
            throw std::runtime_error("a socket cannot be made");
    }
    ~Socket() { close(fd_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

sockaddr_in loopback4(std::uint16_t port)
{
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return to;
}

template <typename Address>
void ping(int family, int protocol, const Address& to, std::uint8_t echo_request)
{
    const Socket raw(family, SOCK_RAW, protocol);
    std::array<std::uint8_t, 8> echo = {echo_request, 0, 0, 0, 0x12, 0x34, 0, 1};
    if (protocol == IPPROTO_ICMP) { // for ICMPv6 the kernel computes the checksum
        const unsigned sum = 0xffffU - (0x0800U + 0x1234U + 1U);
        echo[2] = static_cast<std::uint8_t>(sum >> 8U);
        echo[3] = static_cast<std::uint8_t>(sum);
    }
    REQUIRE(sendto(raw.fd(), echo.data(), echo.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                   sizeof to) == static_cast<ssize_t>(echo.size()));
}

// Connections of all kinds over lo. The TCP connection is open as long as the returned sockets
// exist.
std::array<std::unique_ptr<Socket>, 2> make_connections()
{
    std::ofstream("/proc/sys/net/netfilter/nf_conntrack_acct") << 1;
    support::nft(rules);
    support::Sender(9).send(2);
    support::Sender(10).send(1);
    support::Sender(11, support::Family::ipv6).send(3);
    ping(AF_INET, IPPROTO_ICMP, loopback4(0), 8);
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to6.sin6_addr = in6addr_loopback;
    ping(AF_INET6, IPPROTO_ICMPV6, to6, 128);
    auto listening = std::make_unique<Socket>(AF_INET, SOCK_STREAM, 0);
    auto connected = std::make_unique<Socket>(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in at = loopback4(4431);
    const sockaddr_in to = loopback4(4430);
    REQUIRE(bind(listening->fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(listen(listening->fd(), 1) == 0);
    REQUIRE(connect(connected->fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    return {std::move(listening), std::move(connected)};
}

int keep(const nlmsghdr* message, void* entries)
{
    const auto* const generic = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(message));
    const auto* const begin = reinterpret_cast<const std::byte*>(generic + 1);
    const auto* const end = reinterpret_cast<const std::byte*>(message) + message->nlmsg_len;
    static_cast<std::vector<Entry>*>(entries)->push_back({generic->nfgen_family, {begin, end}});
    return MNL_CB_OK;
}

// All connections of the thread's network namespace.
std::vector<Entry> dumped()
{
    const std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)> netlink(
        mnl_socket_open(NETLINK_NETFILTER), mnl_socket_close);
    REQUIRE(netlink);
    REQUIRE(mnl_socket_bind(netlink.get(), 0, MNL_SOCKET_AUTOPID) == 0);
    std::array<char, 65536> room{};
    nlmsghdr* const request = mnl_nlmsg_put_header(room.data());
    request->nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    mnl_nlmsg_put_extra_header(request, sizeof(nfgenmsg));
    REQUIRE(mnl_socket_sendto(netlink.get(), request, request->nlmsg_len) > 0);
    std::vector<Entry> entries;
    int more = MNL_CB_OK;
    while (more > MNL_CB_STOP) {
        const ssize_t length = mnl_socket_recvfrom(netlink.get(), room.data(), room.size());
        REQUIRE(length > 0);
        more = mnl_cb_run(room.data(), static_cast<std::size_t>(length), 0,
                          mnl_socket_get_portid(netlink.get()), keep, &entries);
    }
    REQUIRE(more == MNL_CB_STOP);
    return entries;
}

nflogcap_conntrack read(const Bytes& entry)
{
    nflogcap_packet packet{};
    packet.present = NFLOGCAP_HAS_CT;
    packet.ct = reinterpret_cast<const std::uint8_t*>(entry.data());
    packet.ct_length = static_cast<std::uint32_t>(entry.size());
    return nflog::read_conntrack(packet);
}

// An entry as libnetfilter_conntrack reads it.
class Oracle {
public:
    explicit Oracle(const Entry& entry) : connection_(nfct_new(), nfct_destroy)
    {
        REQUIRE(connection_);
        REQUIRE(nfct_payload_parse(entry.bytes.data(), entry.bytes.size(), entry.family,
                                   connection_.get()) == 0);
    }

    [[nodiscard]] bool has(nf_conntrack_attr attribute) const
    {
        return nfct_attr_is_set(connection_.get(), attribute) == 1;
    }
    template <typename Number>
    [[nodiscard]] Number get(nf_conntrack_attr attribute) const
    {
        Number number{};
        std::memcpy(&number, nfct_get_attr(connection_.get(), attribute), sizeof number);
        return number;
    }
    [[nodiscard]] std::uint16_t get_be16(nf_conntrack_attr attribute) const
    {
        return be16toh(get<std::uint16_t>(attribute));
    }
    [[nodiscard]] const void* bytes(nf_conntrack_attr attribute) const
    {
        return nfct_get_attr(connection_.get(), attribute);
    }

private:
    std::unique_ptr<nf_conntrack, decltype(&nfct_destroy)> connection_;
};

template <typename Number>
void check(const Oracle& oracle, nf_conntrack_attr attribute, bool has, Number value)
{
    CAPTURE(attribute);
    REQUIRE(has == oracle.has(attribute));
    if (has)
        CHECK(value == oracle.get<Number>(attribute));
}

// libnetfilter_conntrack's numbers for the attributes of one direction.
struct Direction {
    nf_conntrack_attr source4, destination4, source6, destination6, source_port, destination_port,
        protocol, zone, packets, bytes;
};

void check_addresses(const nflogcap_tuple& tuple, const Oracle& oracle, const Direction& direction)
{
    const bool has_addresses = (tuple.has & NFLOGCAP_TUPLE_HAS_ADDRESSES) != 0;
    const bool is_ipv4 = has_addresses && tuple.address_length == 4;
    const bool is_ipv6 = has_addresses && tuple.address_length == 16;
    const auto check_one = [&](bool has, nf_conntrack_attr attribute, const std::uint8_t* address) {
        REQUIRE(has == oracle.has(attribute));
        if (has)
            CHECK(std::memcmp(address, oracle.bytes(attribute), tuple.address_length) == 0);
    };
    check_one(is_ipv4, direction.source4, tuple.source);
    check_one(is_ipv4, direction.destination4, tuple.destination);
    check_one(is_ipv6, direction.source6, tuple.source);
    check_one(is_ipv6, direction.destination6, tuple.destination);
}

void check_tuple(const nflogcap_tuple& tuple, const Oracle& oracle, const Direction& direction)
{
    const auto has = [&](std::uint32_t bit) { return (tuple.has & bit) != 0; };
    check_addresses(tuple, oracle, direction);
    check(oracle, direction.protocol, has(NFLOGCAP_TUPLE_HAS_PROTOCOL), tuple.protocol);
    REQUIRE(has(NFLOGCAP_TUPLE_HAS_PORTS) == oracle.has(direction.source_port));
    if (has(NFLOGCAP_TUPLE_HAS_PORTS)) {
        CHECK(tuple.source_port == oracle.get_be16(direction.source_port));
        CHECK(tuple.destination_port == oracle.get_be16(direction.destination_port));
    }
    check(oracle, direction.zone, has(NFLOGCAP_TUPLE_HAS_ZONE), tuple.zone);
    check(oracle, direction.packets, has(NFLOGCAP_TUPLE_HAS_COUNTERS), tuple.packets);
    check(oracle, direction.bytes, has(NFLOGCAP_TUPLE_HAS_COUNTERS), tuple.bytes);
}

void check_icmp(const nflogcap_tuple& original, const Oracle& oracle)
{
    const bool has_icmp = (original.has & NFLOGCAP_TUPLE_HAS_ICMP) != 0;
    check(oracle, ATTR_ICMP_TYPE, has_icmp, original.icmp_type);
    check(oracle, ATTR_ICMP_CODE, has_icmp, original.icmp_code);
    if (has_icmp)
        CHECK(original.icmp_id == oracle.get_be16(ATTR_ICMP_ID));
}

void check(const Entry& entry)
{
    const nflogcap_conntrack found = read(entry.bytes);
    const Oracle oracle(entry);
    const auto has = [&](std::uint32_t bit) { return (found.has & bit) != 0; };
    check(oracle, ATTR_ID, has(NFLOGCAP_CONNTRACK_HAS_ID), found.id);
    check(oracle, ATTR_STATUS, has(NFLOGCAP_CONNTRACK_HAS_STATUS), found.status);
    check(oracle, ATTR_MARK, has(NFLOGCAP_CONNTRACK_HAS_MARK), found.mark);
    check(oracle, ATTR_TIMEOUT, has(NFLOGCAP_CONNTRACK_HAS_TIMEOUT), found.timeout);
    check(oracle, ATTR_ZONE, has(NFLOGCAP_CONNTRACK_HAS_ZONE), found.zone);
    CHECK(
        has(NFLOGCAP_CONNTRACK_HAS_PROTOCOL_STATE) ==
        (oracle.has(ATTR_TCP_STATE) || oracle.has(ATTR_SCTP_STATE) || oracle.has(ATTR_DCCP_STATE)));
    for (const nf_conntrack_attr state : {ATTR_TCP_STATE, ATTR_SCTP_STATE, ATTR_DCCP_STATE}) {
        if (oracle.has(state))
            CHECK(found.protocol_state == oracle.get<std::uint8_t>(state));
    }
    check_tuple(found.original, oracle,
                {ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_SRC, ATTR_ORIG_IPV6_DST,
                 ATTR_ORIG_PORT_SRC, ATTR_ORIG_PORT_DST, ATTR_ORIG_L4PROTO, ATTR_ORIG_ZONE,
                 ATTR_ORIG_COUNTER_PACKETS, ATTR_ORIG_COUNTER_BYTES});
    check_tuple(found.reply, oracle,
                {ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV4_DST, ATTR_REPL_IPV6_SRC, ATTR_REPL_IPV6_DST,
                 ATTR_REPL_PORT_SRC, ATTR_REPL_PORT_DST, ATTR_REPL_L4PROTO, ATTR_REPL_ZONE,
                 ATTR_REPL_COUNTER_PACKETS, ATTR_REPL_COUNTER_BYTES});
    check_icmp(found.original, oracle);
}

} // namespace

TEST_CASE("the kernel's entries have the values that libnetfilter_conntrack reads")
{
    const support::Namespace here;
    const auto connection = make_connections();
    std::set<unsigned> protocols;
    std::uint32_t has = 0;
    std::uint32_t tuple_has = 0;
    const std::vector<Entry> entries = dumped();
    for (const Entry& entry : entries) {
        check(entry);
        const nflogcap_conntrack found = read(entry.bytes);
        protocols.insert(found.original.protocol);
        has |= found.has;
        tuple_has |= found.original.has;
        if (found.original.protocol == IPPROTO_TCP) {
            CHECK(std::string(found.protocol_state_name) == "established");
            CHECK(found.original.destination_port == 4430);
            CHECK(found.reply.source_port == 4431);
        }
    }
    // The kernel's entries contain every member except the state and the direction, which come from
    // ct_info.
    CHECK(protocols == std::set<unsigned>{IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6});
    CHECK(has == (NFLOGCAP_CONNTRACK_HAS_REPLY * 2 - 1 - NFLOGCAP_CONNTRACK_HAS_STATE));
    CHECK(tuple_has == NFLOGCAP_TUPLE_HAS_COUNTERS * 2 - 1);
}

TEST_CASE("composed entries have the values that libnetfilter_conntrack reads")
{
    check({AF_INET, synthetic::tcp_entry()});
    check({AF_INET6, synthetic::counted_entry()});
    check({AF_INET, synthetic::ping_entry()});
    check({AF_INET6, synthetic::ping6_entry()});
}
