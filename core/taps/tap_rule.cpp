// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_rule.hpp"

#include "nft_attributes.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <string_view>

namespace nflog {

namespace {

bool only_looks(const nlattr& expression);

bool always(const nlattr& /*data*/)
{
    return true;
}

// Whether the expression has this attribute. With it, the expression stores the value that it finds
// in a register. Without it, the expression would write to the mark, packet or connection.
template <std::uint16_t destination>
bool loads(const nlattr& data)
{
    return find_nested(data, destination) != nullptr;
}

// For some keys the kernel enables the accounting of all connections, and leaves it enabled after
// the rule is removed. tap.cpp refuses such a match before nft reads it. This check covers syntax
// that tap.cpp does not know.
bool loads_without_accounting(const nlattr& data)
{
    constexpr std::array<std::uint32_t, 3> accounted = {NFT_CT_PKTS, NFT_CT_BYTES, NFT_CT_AVGPKT};
    const nlattr* key = find_nested(data, NFTA_CT_KEY);
    return loads<NFTA_CT_DREG>(data) && key != nullptr &&
           std::ranges::find(accounted, ntohl(mnl_attr_get_u32(key))) == accounted.end();
}

// A lookup that has a destination register uses a map, and can store a verdict. Any other lookup
// only checks whether the value is in a set.
bool is_in_set(const nlattr& data)
{
    return find_nested(data, NFTA_LOOKUP_DREG) == nullptr;
}

bool only_looks_inside(const nlattr& data)
{
    constexpr std::uint16_t inner_expression = 5; // NFTA_INNER_EXPR, since Linux 6.2
    const nlattr* expression = find_nested(data, inner_expression);
    return expression != nullptr && only_looks(*expression);
}

// All expressions that a tap can have. When the kernel evaluates one of them, the rule continues or
// ends, but no verdict is set. Some expressions that match are not in the list. connlimit ("ct
// count") and the matches of iptables can drop a packet. For osf, libnftables loads fingerprints
// into the kernel, which remain there and affect other rules.
struct Looking {
    std::string_view name;
    bool (*only_looks)(const nlattr& data);
};
constexpr std::array looking = {
    Looking{"meta", loads<NFTA_META_DREG>},
    Looking{"ct", loads_without_accounting},
    Looking{"payload", loads<NFTA_PAYLOAD_DREG>},
    Looking{"exthdr",
            loads<NFTA_EXTHDR_DREG>}, // without a register it writes or removes a TCP option
    Looking{"fib", always},
    Looking{"rt", always},
    Looking{"socket", always},
    Looking{"tunnel", always},
    Looking{"xfrm", always},
    Looking{"inner", only_looks_inside},
    Looking{"hash", always},
    // These use only registers, and cannot write to the verdict register.
    Looking{"cmp", always},
    Looking{"range", always},
    Looking{"bitwise", always},
    Looking{"byteorder", always},
    Looking{"lookup", is_in_set},
    // These keep state that belongs to the rule.
    Looking{"numgen", always},
    Looking{"limit", always},
    Looking{"quota", always},
};

std::string_view name_of(const nlattr& expression)
{
    const nlattr* name = find_nested(expression, NFTA_EXPR_NAME);
    return name == nullptr ? "" : mnl_attr_get_str(name);
}

bool only_looks(const nlattr& expression)
{
    const auto* known = std::ranges::find(looking, name_of(expression), &Looking::name);
    const nlattr* data = find_nested(expression, NFTA_EXPR_DATA);
    return known != looking.end() && data != nullptr && known->only_looks(*data);
}

bool logs_to(std::uint16_t group, const nlattr& expression)
{
    const nlattr* data = find_nested(expression, NFTA_EXPR_DATA);
    if (name_of(expression) != "log" || data == nullptr)
        return false;
    const nlattr* logged = find_nested(*data, NFTA_LOG_GROUP);
    return logged != nullptr && ntohs(mnl_attr_get_u16(logged)) == group;
}

} // namespace

std::optional<std::vector<std::string>> sets_of_looking_rule(const nlmsghdr& rule,
                                                             std::uint16_t group)
{
    const nlattr* expressions = find(rule, NFTA_RULE_EXPRESSIONS);
    if (expressions == nullptr)
        return std::nullopt;
    std::vector<std::string> sets;
    bool looks = true;
    bool logs = false;
    each_nested(*expressions, [&](const nlattr& expression) {
        looks = looks && !logs; // the log must be the last expression
        logs = logs_to(group, expression);
        looks = looks && (logs || only_looks(expression));
        if (looks && name_of(expression) == "lookup") {
            const nlattr& data = *find_nested(expression, NFTA_EXPR_DATA);
            if (const nlattr* set = find_nested(data, NFTA_LOOKUP_SET))
                sets.emplace_back(mnl_attr_get_str(set));
        }
    });
    if (!looks || !logs)
        return std::nullopt;
    return sets;
}

// Each element of a set can have its own statements ("{ 22 counter, 80 ct count 5 }"), which the
// kernel runs when a lookup finds the element.
bool elements_only_look(const nlmsghdr& elements)
{
    const nlattr* list = find(elements, NFTA_SET_ELEM_LIST_ELEMENTS);
    bool look = true;
    if (list != nullptr) {
        each_nested(*list, [&](const nlattr& element) {
            look = look && find_nested(element, NFTA_SET_ELEM_EXPR) == nullptr &&
                   find_nested(element, NFTA_SET_ELEM_EXPRESSIONS) == nullptr;
        });
    }
    return look;
}

} // namespace nflog
