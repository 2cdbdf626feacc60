// SPDX-License-Identifier: GPL-2.0-or-later
#include "nft_queries.hpp"

#include "error.hpp"
#include "netlink_socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace nflog {

namespace {

constexpr std::size_t request_room = 1024; // for two names, of 255 bytes at most

// A message to nf_tables, begun at that place.
nlmsghdr* put_message(char* place, std::uint16_t type, std::uint16_t flags, std::uint8_t family,
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

nlmsghdr* put_inet_message(char* place, int type, int flags)
{
    constexpr int bits_of_a_type = 8;
    const int of_nf_tables = (NFNL_SUBSYS_NFTABLES << bits_of_a_type) | type;
    return put_message(place, static_cast<std::uint16_t>(of_nf_tables),
                       static_cast<std::uint16_t>(flags), NFPROTO_INET, 0);
}

// Sends a request and shows each message of the reply. 0, or the kernel's errno.
template <typename Show>
int ask(const nlmsghdr& request, Show show)
{
    constexpr std::uint32_t socket_buffer = 131072;
    constexpr std::size_t most_a_datagram = 65536;
    const NetlinkSocket socket(socket_buffer);
    if (const int code = socket.send(request); code != 0)
        return code;
    std::vector<std::byte> buffer(most_a_datagram);
    for (;;) {
        const NetlinkSocket::Datagram datagram = socket.receive(buffer);
        if (datagram.error != 0)
            return datagram.error;
        int left = static_cast<int>(datagram.bytes.size());
        const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.bytes.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
                return EINTR;
            if (message->nlmsg_type == NLMSG_ERROR)
                return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
            if (message->nlmsg_type == NLMSG_DONE)
                return 0;
            show(*message);
        }
    }
}

// Visits the attributes that lie between two places.
template <typename Visit>
void each_attribute(const void* begin, const void* end, Visit visit)
{
    const auto* attribute = static_cast<const nlattr*>(begin);
    const auto left = [&] {
        return static_cast<int>(static_cast<const std::byte*>(end) -
                                reinterpret_cast<const std::byte*>(attribute));
    };
    for (; mnl_attr_ok(attribute, left()); attribute = mnl_attr_next(attribute))
        visit(*attribute);
}

template <typename Visit>
void each_nested(const nlattr& nest, Visit visit)
{
    const auto* begin = static_cast<const std::byte*>(mnl_attr_get_payload(&nest));
    each_attribute(begin, begin + mnl_attr_get_payload_len(&nest), visit);
}

// nullptr where there is none of that type.
const nlattr* find(const nlmsghdr& message, std::uint16_t type)
{
    const nlattr* found = nullptr;
    each_attribute(mnl_nlmsg_get_payload_offset(&message, sizeof(nfgenmsg)),
                   mnl_nlmsg_get_payload_tail(&message), [&](const nlattr& attribute) {
                       if (mnl_attr_get_type(&attribute) == type)
                           found = &attribute;
                   });
    return found;
}

const nlattr* find_nested(const nlattr& nest, std::uint16_t type)
{
    const nlattr* found = nullptr;
    each_nested(nest, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == type)
            found = &attribute;
    });
    return found;
}

// An expression of nf_tables that can be without effect. Some of these load something of the packet
// into a register, or else write it: those that load have a destination. A lookup that has one may
// find a verdict there.
struct Harmless {
    std::string_view name;
    std::uint16_t required = 0; // attribute, 0: none
    std::uint16_t forbidden = 0;
};
constexpr std::array harmless = {Harmless{"meta", NFTA_META_DREG},
                                 Harmless{"ct", NFTA_CT_DREG},
                                 Harmless{"payload", NFTA_PAYLOAD_DREG},
                                 Harmless{"exthdr", NFTA_EXTHDR_DREG},
                                 Harmless{"lookup", 0, NFTA_LOOKUP_DREG},
                                 Harmless{"cmp"},
                                 Harmless{"range"},
                                 Harmless{"bitwise"},
                                 Harmless{"byteorder"},
                                 Harmless{"fib"},
                                 Harmless{"rt"},
                                 Harmless{"socket"},
                                 Harmless{"osf"},
                                 Harmless{"hash"},
                                 Harmless{"numgen"},
                                 Harmless{"tunnel"},
                                 Harmless{"xfrm"},
                                 Harmless{"inner"},
                                 Harmless{"limit"},
                                 Harmless{"quota"},
                                 Harmless{"connlimit"}};

bool only_looks(std::string_view name, const nlattr* data)
{
    const auto* known = std::ranges::find(harmless, name, &Harmless::name);
    if (known == harmless.end() || data == nullptr)
        return false;
    return (known->required == 0 || find_nested(*data, known->required) != nullptr) &&
           (known->forbidden == 0 || find_nested(*data, known->forbidden) == nullptr);
}

bool logs_to(std::uint16_t group, std::string_view name, const nlattr* data)
{
    if (name != "log" || data == nullptr)
        return false;
    const nlattr* logged = find_nested(*data, NFTA_LOG_GROUP);
    return logged != nullptr && ntohs(mnl_attr_get_u16(logged)) == group;
}

bool only_matches_and_logs(const nlmsghdr& rule, std::uint16_t group)
{
    const nlattr* expressions = find(rule, NFTA_RULE_EXPRESSIONS);
    if (expressions == nullptr)
        return false;
    bool sound = true;
    bool logged = false;
    each_nested(*expressions, [&](const nlattr& expression) {
        const nlattr* name = find_nested(expression, NFTA_EXPR_NAME);
        const nlattr* data = find_nested(expression, NFTA_EXPR_DATA);
        if (name == nullptr || logged) { // the log is to be the last
            sound = false;
            return;
        }
        const std::string_view called = mnl_attr_get_str(name);
        logged = logs_to(group, called, data);
        sound = sound && (logged || only_looks(called, data));
    });
    return sound && logged;
}

Error failure(const std::string& table, int code)
{
    return system_failure("cannot look at the table " + table + " of the taps", code);
}

} // namespace

std::optional<std::uint32_t> owner_of_table(const std::string& table)
{
    alignas(std::max_align_t) std::array<char, request_room> room{};
    nlmsghdr* request = put_inet_message(room.data(), NFT_MSG_GETTABLE, NLM_F_ACK);
    mnl_attr_put_strz(request, NFTA_TABLE_NAME, table.c_str());
    std::uint32_t owner = 0;
    const int code = ask(*request, [&](const nlmsghdr& found) {
        if (const nlattr* port = find(found, NFTA_TABLE_OWNER))
            owner = ntohl(mnl_attr_get_u32(port));
    });
    if (code == ENOENT)
        return std::nullopt;
    if (code != 0)
        throw failure(table, code);
    return owner;
}

bool only_matches_and_logs(const std::string& table, const std::string& chain, std::uint16_t group)
{
    alignas(std::max_align_t) std::array<char, request_room> room{};
    nlmsghdr* request = put_inet_message(room.data(), NFT_MSG_GETRULE, NLM_F_DUMP);
    mnl_attr_put_strz(request, NFTA_RULE_TABLE, table.c_str());
    mnl_attr_put_strz(request, NFTA_RULE_CHAIN, chain.c_str());
    // A change of the ruleset, by anyone, interrupts a look at it.
    constexpr int attempts = 100;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        std::size_t rules = 0;
        bool sound = true;
        const int code = ask(*request, [&](const nlmsghdr& rule) {
            ++rules;
            sound = sound && only_matches_and_logs(rule, group);
        });
        if (code == 0 && rules > 0)
            return rules == 1 && sound;
        if (code == 0) // of a table or chain that is not there it dumps nothing
            throw failure(table, ENOENT);
        if (code != EINTR)
            throw failure(table, code);
    }
    throw failure(table, EINTR);
}

void remove_table(int owner, const std::string& table) noexcept
{
    alignas(std::max_align_t) std::array<char, request_room> room{};
    const nlmsghdr* begin =
        put_message(room.data(), NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    char* end = room.data() + begin->nlmsg_len;
    nlmsghdr* removal = put_inet_message(end, NFT_MSG_DELTABLE, 0);
    mnl_attr_put_strz(removal, NFTA_TABLE_NAME, table.c_str());
    end += NLMSG_ALIGN(removal->nlmsg_len);
    end += put_message(end, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES)->nlmsg_len;
    // Refused where privileges were dropped: then closing the socket does it.
    send(owner, room.data(), static_cast<std::size_t>(end - room.data()), MSG_DONTWAIT);
}

} // namespace nflog
