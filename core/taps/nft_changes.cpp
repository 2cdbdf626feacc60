// SPDX-License-Identifier: GPL-2.0-or-later
#include "nft_changes.hpp"

#include "nft_message.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string_view>
#include <sys/socket.h>

namespace nflog {

namespace {

// Changes to one table. The kernel makes all of them or none.
class Batch {
public:
    explicit Batch(std::uint8_t family) noexcept
        : family_(family),
          last_(put_message(room_.data(), NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES))
    {
    }

    nlmsghdr* add(int type, int flags) noexcept
    {
        return last_ = put_table_message(end(), type, flags, family_);
    }

    [[nodiscard]] bool send_over(int owner) noexcept
    {
        last_ = put_message(end(), NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        const auto length = static_cast<std::size_t>(end() - room_.data());
        return send(owner, room_.data(), length, MSG_DONTWAIT) >= 0;
    }

private:
    [[nodiscard]] char* end() const noexcept
    {
        return static_cast<char*>(mnl_nlmsg_get_payload_tail(last_));
    }

    // The library makes the names, which have at most 40 bytes
    static constexpr std::size_t room = 2048;
    alignas(std::max_align_t) std::array<char, room> room_{};
    std::uint8_t family_; // of the tables
    nlmsghdr* last_;
};

// Returns the first failure of a batch that was sent: 0 or an errno. The kernel has already queued
// all its answers, and sends none for a success.
int failure_of_batch(int owner)
{
    constexpr std::size_t max_datagram_bytes = 4096;
    alignas(std::max_align_t) std::array<char, max_datagram_bytes> buffer{};
    int first = 0;
    for (;;) {
        const ssize_t length =
            recvfrom(owner, buffer.data(), buffer.size(), MSG_DONTWAIT, nullptr, nullptr);
        if (length < 0 && errno != EAGAIN)
            return errno;
        if (length < 0)
            return first;
        int left = static_cast<int>(length);
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_type == NLMSG_ERROR && first == 0)
                first = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
        }
    }
}

std::uint32_t number_of(std::string_view hook)
{
    if (hook == "ingress")
        return NF_NETDEV_INGRESS;
    constexpr std::array<std::string_view, NF_INET_NUMHOOKS> names = {
        "prerouting", "input", "forward", "output", "postrouting"};
    return static_cast<std::uint32_t>(std::ranges::find(names, hook) - names.begin());
}

std::string base_chain(const TapChain& of, const Tap::Hook& hook)
{
    return of.chain + "-" + hook.name;
}

} // namespace

int add_hook(int owner, const TapChain& of, const Tap::Hook& hook)
{
    const std::string base = base_chain(of, hook);
    Batch batch(of.tap.family());

    nlmsghdr* added = batch.add(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
    mnl_attr_put_strz(added, NFTA_CHAIN_TABLE, of.table.c_str());
    mnl_attr_put_strz(added, NFTA_CHAIN_NAME, base.c_str());
    mnl_attr_put_strz(added, NFTA_CHAIN_TYPE, "filter");
    mnl_attr_put_u32(added, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT));
    nlattr* where = mnl_attr_nest_start(added, NFTA_CHAIN_HOOK);
    mnl_attr_put_u32(added, NFTA_HOOK_HOOKNUM, htonl(number_of(hook.name)));
    mnl_attr_put_u32(added, NFTA_HOOK_PRIORITY,
                     htonl(static_cast<std::uint32_t>(of.tap.priority())));
    if (!hook.device.empty())
        mnl_attr_put_strz(added, NFTA_HOOK_DEV, hook.device.c_str());
    mnl_attr_nest_end(added, where);

    added = batch.add(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    mnl_attr_put_strz(added, NFTA_RULE_TABLE, of.table.c_str());
    mnl_attr_put_strz(added, NFTA_RULE_CHAIN, base.c_str());
    nlattr* expressions = mnl_attr_nest_start(added, NFTA_RULE_EXPRESSIONS);
    nlattr* jump = mnl_attr_nest_start(added, NFTA_LIST_ELEM);
    mnl_attr_put_strz(added, NFTA_EXPR_NAME, "immediate");
    nlattr* immediate = mnl_attr_nest_start(added, NFTA_EXPR_DATA);
    mnl_attr_put_u32(added, NFTA_IMMEDIATE_DREG, htonl(NFT_REG_VERDICT));
    nlattr* data = mnl_attr_nest_start(added, NFTA_IMMEDIATE_DATA);
    nlattr* verdict = mnl_attr_nest_start(added, NFTA_DATA_VERDICT);
    mnl_attr_put_u32(added, NFTA_VERDICT_CODE, htonl(static_cast<std::uint32_t>(NFT_JUMP)));
    mnl_attr_put_strz(added, NFTA_VERDICT_CHAIN, of.chain.c_str());
    for (nlattr* nest : {verdict, data, immediate, jump, expressions})
        mnl_attr_nest_end(added, nest);

    return batch.send_over(owner) ? failure_of_batch(owner) : errno;
}

int remove_tap(int owner, const TapChain& of)
{
    Batch batch(of.tap.family());
    const auto remove = [&](const std::string& chain) {
        nlmsghdr* removed = batch.add(NFT_MSG_DELCHAIN, 0);
        mnl_attr_put_strz(removed, NFTA_CHAIN_TABLE, of.table.c_str());
        mnl_attr_put_strz(removed, NFTA_CHAIN_NAME, chain.c_str());
    };
    for (const Tap::Hook& hook : of.tap.hooks())
        remove(base_chain(of, hook));
    remove(of.chain);
    return batch.send_over(owner) ? failure_of_batch(owner) : errno;
}

void remove_table(int owner, std::uint8_t family, const std::string& table) noexcept
{
    Batch batch(family);
    nlmsghdr* removed = batch.add(NFT_MSG_DELTABLE, 0);
    mnl_attr_put_strz(removed, NFTA_TABLE_NAME, table.c_str());
    // If privileges were dropped, the kernel refuses, and removes the table with the socket.
    static_cast<void>(batch.send_over(owner));
}

} // namespace nflog
