// SPDX-License-Identifier: GPL-2.0-or-later
#include "nft_queries.hpp"

#include "error.hpp"
#include "netlink_socket.hpp"
#include "nft_attributes.hpp"
#include "nft_message.hpp"
#include "tap_rule.hpp"

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
#include <sys/socket.h>
#include <vector>

namespace nflog {

namespace {

constexpr std::size_t request_room = 1024; // for two names of up to 255 bytes

// Queries the kernel over a socket of its own.
class Questions {
public:
    // Sends a request and calls show() with each message of the reply. Returns 0 or the kernel's
    // errno. If other programs change the ruleset meanwhile, the kernel reports an interruption
    // (NLM_F_DUMP_INTR). It is ignored, because no other program can change this table.
    template <typename Show>
    int ask(const nlmsghdr& request, Show show)
    {
        if (const int code = socket_.send(request); code != 0)
            return code;
        for (;;) {
            const NetlinkSocket::Datagram datagram = socket_.receive(buffer_);
            if (datagram.error != 0)
                return datagram.error;
            int left = static_cast<int>(datagram.bytes.size());
            const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.bytes.data());
            for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
                if (message->nlmsg_type == NLMSG_ERROR)
                    return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
                if (message->nlmsg_type == NLMSG_DONE)
                    return 0;
                show(*message);
            }
        }
    }

private:
    static constexpr std::uint32_t socket_buffer = 131072;
    static constexpr std::size_t max_datagram_bytes = 65536;

    NetlinkSocket socket_{socket_buffer};
    std::vector<std::byte> buffer_ = std::vector<std::byte>(max_datagram_bytes);
};

Error failure(const std::string& table, int code)
{
    return system_failure("cannot look at the table " + table + " of the taps", code);
}

// Calls add(result, message) for all messages of a dump, and returns the result.
template <typename Result, typename Add>
Result dump(const std::string& table, const nlmsghdr& request, Add add)
{
    Questions questions;
    // The kernel limits each message of a dump to the buffer size of the previous receive call, up
    // to 32 KiB. In the first dump over a socket the limit is 4 KiB, and longer rules are left out.
    // Therefore the request is sent twice. No rule is longer than 32 KiB.
    Result result{};
    int code = questions.ask(request, [](const nlmsghdr& /*message*/) {});
    if (code == 0)
        code = questions.ask(request, [&](const nlmsghdr& message) { add(result, message); });
    if (code != 0)
        throw failure(table, code);
    return result;
}

bool set_only_looks(std::uint8_t family, const std::string& table, const std::string& set)
{
    alignas(std::max_align_t) std::array<char, request_room> room{};
    nlmsghdr* request = put_table_message(room.data(), NFT_MSG_GETSETELEM, NLM_F_DUMP, family);
    mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_TABLE, table.c_str());
    mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_SET, set.c_str());
    const auto acting = dump<int>(table, *request, [](int& count, const nlmsghdr& elements) {
        count += elements_only_look(elements) ? 0 : 1;
    });
    return acting == 0;
}

} // namespace

bool has_table(std::uint8_t family, const std::string& table)
{
    alignas(std::max_align_t) std::array<char, request_room> room{};
    nlmsghdr* request = put_table_message(room.data(), NFT_MSG_GETTABLE, NLM_F_ACK, family);
    mnl_attr_put_strz(request, NFTA_TABLE_NAME, table.c_str());
    const int code = Questions().ask(*request, [](const nlmsghdr& /*found*/) {});
    if (code != 0 && code != ENOENT)
        throw failure(table, code);
    return code == 0;
}

bool only_looks_and_logs(std::uint8_t family, const std::string& table, const std::string& chain,
                         std::uint16_t group)
{
    alignas(std::max_align_t) std::array<char, request_room> room{};
    nlmsghdr* request = put_table_message(room.data(), NFT_MSG_GETRULE, NLM_F_DUMP, family);
    mnl_attr_put_strz(request, NFTA_RULE_TABLE, table.c_str());
    mnl_attr_put_strz(request, NFTA_RULE_CHAIN, chain.c_str());
    using Rules = std::vector<std::optional<std::vector<std::string>>>;
    const auto rules = dump<Rules>(table, *request, [&](Rules& all, const nlmsghdr& rule) {
        all.push_back(sets_of_looking_rule(rule, group));
    });
    if (rules.empty()) // the dump of a table or chain that does not exist is empty
        throw failure(table, ENOENT);
    const auto& sets = rules.front();
    return rules.size() == 1 && sets && std::ranges::all_of(*sets, [&](const std::string& set) {
               return set_only_looks(family, table, set);
           });
}

} // namespace nflog
