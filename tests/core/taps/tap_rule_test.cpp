// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_rule.hpp"

#include "catch.hpp"
#include "message_builder.hpp"

#include <cstdint>
#include <linux/netfilter/nf_tables.h>
#include <optional>
#include <string>
#include <vector>

using synthetic::Bytes;
using synthetic::bytes;
using synthetic::Message;
using synthetic::nested;
using synthetic::text;

namespace {

constexpr int inner_expression = 5; // NFTA_INNER_EXPR, which older headers lack
using Sets = std::optional<std::vector<std::string>>;

Bytes be32(std::uint8_t number)
{
    return bytes({0, 0, 0, number});
}

// A name as the kernel writes it, with its NUL.
Bytes name(const std::string& word)
{
    return text(word + '\0');
}

Bytes expression(const char* called, const Bytes& data)
{
    return nested({{NFTA_EXPR_NAME, name(called)}, {NFTA_EXPR_DATA | NLA_F_NESTED, data}});
}

Bytes log_to(std::uint8_t group)
{
    return expression("log", nested({{NFTA_LOG_GROUP, bytes({0, group})}}));
}

Sets judged(const std::vector<Bytes>& expressions)
{
    Message list;
    for (const Bytes& one : expressions)
        list.put(NFTA_LIST_ELEM | NLA_F_NESTED, one);
    Message rule;
    rule.put(NFTA_RULE_CHAIN, name("tap-1"))
        .put(NFTA_RULE_EXPRESSIONS | NLA_F_NESTED, list.body().subspan(sizeof(nfgenmsg)));
    return nflog::sets_of_looking_rule(rule.header(), 5);
}

bool looks(const Bytes& one)
{
    return judged({one, log_to(5)}).has_value();
}

bool looks(const char* called, const Bytes& data)
{
    return looks(expression(called, data));
}

} // namespace

TEST_CASE(
    "an expression that reads into a register is accepted, and an expression that writes is not")
{
    CHECK(looks("meta", nested({{NFTA_META_KEY, be32(3)}, {NFTA_META_DREG, be32(1)}})));
    CHECK_FALSE(looks("meta", nested({{NFTA_META_KEY, be32(3)}, {NFTA_META_SREG, be32(1)}})));
    CHECK(looks("payload", nested({{NFTA_PAYLOAD_DREG, be32(1)}, {NFTA_PAYLOAD_LEN, be32(2)}})));
    CHECK_FALSE(looks("payload", nested({{NFTA_PAYLOAD_SREG, be32(1)}})));
    CHECK(looks("exthdr", nested({{NFTA_EXTHDR_DREG, be32(1)}})));
    CHECK_FALSE(looks("exthdr", nested({{NFTA_EXTHDR_SREG, be32(1)}})));
    CHECK_FALSE(looks("exthdr", nested({{NFTA_EXTHDR_TYPE, bytes({4})}}))); // removes an option
    CHECK_FALSE(looks("ct", nested({{NFTA_CT_KEY, be32(NFT_CT_MARK)}, {NFTA_CT_SREG, be32(1)}})));
}

TEST_CASE("a match on a connection is accepted, unless it enables accounting")
{
    const auto loads = [](nft_ct_keys key) {
        return looks("ct", nested({{NFTA_CT_DREG, be32(1)},
                                   {NFTA_CT_KEY, be32(static_cast<std::uint8_t>(key))}}));
    };
    CHECK(loads(NFT_CT_STATE));
    CHECK(loads(NFT_CT_MARK));
    CHECK(loads(NFT_CT_LABELS));
    CHECK_FALSE(loads(NFT_CT_BYTES));
    CHECK_FALSE(loads(NFT_CT_PKTS));
    CHECK_FALSE(loads(NFT_CT_AVGPKT));
}

TEST_CASE("an expression inside a tunnel is accepted only if it is accepted outside")
{
    const auto inside = [](const Bytes& one) {
        return looks("inner", nested({{inner_expression | NLA_F_NESTED, one}}));
    };
    CHECK(inside(expression("payload", nested({{NFTA_PAYLOAD_DREG, be32(1)}}))));
    CHECK_FALSE(inside(expression("payload", nested({{NFTA_PAYLOAD_SREG, be32(1)}}))));
    CHECK_FALSE(inside(expression("immediate", nested({}))));
    CHECK_FALSE(looks("inner", nested({})));
}

TEST_CASE("a rule's sets are named, and a lookup in a map is refused")
{
    const Bytes lookup = nested({{NFTA_LOOKUP_SET, name("__set0")}, {NFTA_LOOKUP_SREG, be32(1)}});
    CHECK(judged({expression("lookup", lookup), log_to(5)}) ==
          Sets(std::vector<std::string>{"__set0"}));
    CHECK(judged({log_to(5)}) == Sets(std::vector<std::string>{}));
    const Bytes in_map = nested({{NFTA_LOOKUP_SET, name("__map0")}, {NFTA_LOOKUP_DREG, be32(0)}});
    CHECK_FALSE(looks("lookup", in_map));
}

TEST_CASE("every other expression is refused, known or not")
{
    for (const char* looking : {"fib", "rt", "socket", "tunnel", "xfrm", "hash", "cmp", "range",
                                "bitwise", "byteorder", "numgen", "limit", "quota"}) {
        CAPTURE(looking);
        CHECK(looks(looking, nested({})));
    }
    for (const char* other :
         {"immediate",    "counter", "connlimit", "dynset",      "objref", "last",
          "osf",          "queue",   "reject",    "reject_inet", "nat",    "masq",
          "redir",        "tproxy",  "synproxy",  "dup",         "fwd",    "notrack",
          "flow_offload", "match",   "target",    "log",         "",       "of the future"}) {
        CAPTURE(other);
        CHECK_FALSE(looks(other, nested({})));
    }
    CHECK_FALSE(looks(nested({{NFTA_EXPR_NAME, name("limit")}}))); // without data
}

TEST_CASE("the log must be the last expression, the only log, and log to the group")
{
    const Bytes limit = expression("limit", nested({}));
    CHECK(judged({limit, log_to(5)}));
    CHECK_FALSE(judged({limit}));
    CHECK_FALSE(judged({limit, log_to(6)}));
    CHECK_FALSE(judged({log_to(5), limit}));
    CHECK_FALSE(judged({log_to(5), log_to(5)}));
    CHECK_FALSE(judged({}));
    CHECK_FALSE(nflog::sets_of_looking_rule(Message().header(), 5));
}

TEST_CASE("an element of a set with a statement of its own is refused")
{
    const auto look = [](const Bytes& element) {
        Message elements;
        elements.put(NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED,
                     nested({{NFTA_LIST_ELEM | NLA_F_NESTED,
                              nested({{NFTA_SET_ELEM_KEY | NLA_F_NESTED, be32(9)}})},
                             {NFTA_LIST_ELEM | NLA_F_NESTED, element}}));
        return nflog::elements_only_look(elements.header());
    };
    const Bytes counter = expression("counter", nested({}));
    CHECK(look(nested({{NFTA_SET_ELEM_FLAGS, be32(1)}})));
    CHECK_FALSE(look(nested({{NFTA_SET_ELEM_EXPR | NLA_F_NESTED, counter}})));
    CHECK_FALSE(look(nested({{NFTA_SET_ELEM_EXPRESSIONS | NLA_F_NESTED,
                              nested({{NFTA_LIST_ELEM | NLA_F_NESTED, counter}})}})));
    CHECK(nflog::elements_only_look(Message().header()));
}
