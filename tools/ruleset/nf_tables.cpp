// SPDX-License-Identifier: GPL-2.0-or-later
#include "nf_tables.hpp"

#include "failure.hpp"
#include "netlink_dump.hpp"
#include "xt_targets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace command {

namespace {

// Thrown if the rules changed while the kernel listed them.
struct Changed {};

struct Family {
    std::uint8_t number;
    std::string_view name;
};
constexpr Family families[] = {{NFPROTO_INET, "inet"},     {NFPROTO_IPV4, "ip"},
                               {NFPROTO_ARP, "arp"},       {NFPROTO_NETDEV, "netdev"},
                               {NFPROTO_BRIDGE, "bridge"}, {NFPROTO_IPV6, "ip6"}};

std::string title_of(std::uint8_t family, std::string_view table)
{
    const auto* known = std::ranges::find(families, family, &Family::number);
    return "table " +
           (known == std::end(families) ? std::to_string(family) : std::string(known->name)) + ' ' +
           std::string(table);
}

// Returns whether an expression has no destination register. Then it only changes the packet or its
// connection, after which the rule continues. An expression that loads a value ends the rule if the
// packet does not have the value.
template <std::uint16_t destination>
bool only_sets(const Attributes& data)
{
    return data[destination] == nullptr;
}

// Returns whether a meta expression sets a value, or loads a value that every packet has.
bool meta_continues(const Attributes& data)
{
    constexpr std::uint64_t keys[] = {NFT_META_LEN,  NFT_META_PROTOCOL, NFT_META_PRIORITY,
                                      NFT_META_MARK, NFT_META_NFPROTO,  NFT_META_PRANDOM};
    return only_sets<NFTA_META_DREG>(data) ||
           std::ranges::find(keys, data.number(NFTA_META_KEY)) != std::end(keys);
}

// Returns whether every packet continues after a reference to a named object. A limit or a quota
// can end the rule. A map of objects ends the rule if it has no element for the packet.
bool object_continues(const Attributes& data)
{
    constexpr std::uint64_t types[] = {NFT_OBJECT_COUNTER, NFT_OBJECT_CT_HELPER,
                                       NFT_OBJECT_CT_TIMEOUT, NFT_OBJECT_SECMARK,
                                       NFT_OBJECT_TUNNEL};
    return std::ranges::find(types, data.number(NFTA_OBJREF_IMM_TYPE)) != std::end(types);
}

bool is_comment(const Attributes& data)
{
    return data.text(NFTA_MATCH_NAME) == "comment";
}

bool always_continues(const Attributes& /*data*/)
{
    return true;
}

// Expressions after which every packet continues with the next expression of its rule, according to
// the kernel's code. Any other expression ends the rule for some packets. cmp, range, lookup and
// match compare; limit, quota and connlimit count. payload, exthdr, ct, socket, fib, rt, osf, xfrm,
// tunnel and inner end the rule if the packet does not have the value to load. dynset ends it if
// the set is full. tproxy, synproxy and flow_offload end it if they do not apply to the packet.
struct PassiveExpression {
    std::string_view name;
    bool (*continues)(const Attributes& data);
};
constexpr PassiveExpression passive[] = {
    // These expressions read, mark or copy the packet.
    {"counter", always_continues},
    {"last", always_continues},
    {"log", always_continues},
    {"dup", always_continues},
    {"notrack", always_continues},
    // These expressions compute registers from registers, constants and counters.
    {"bitwise", always_continues},
    {"byteorder", always_continues},
    {"hash", always_continues},
    {"immediate", always_continues}, // RuleReader reads a verdict in it
    {"numgen", always_continues},
    // For these expressions, the answer depends on their attributes.
    {"ct", only_sets<NFTA_CT_DREG>}, // a packet without a connection continues after "ct ... set"
    {"match", is_comment},           // iptables-nft stores a comment as a match
    {"meta", meta_continues},
    {"objref", object_continues},
};

bool lets_all_pass(std::string_view name, const Attributes& data)
{
    const auto* known = std::ranges::find(passive, name, &PassiveExpression::name);
    return known != std::end(passive) && known->continues(data);
}

// Statements after which no packet continues in the chain.
struct FinalStatement {
    std::string_view name;
    std::string_view does;
};
constexpr FinalStatement final_statements[] = {{"reject", "rejects"}, {"queue", "queues"},
                                               {"fwd", "forwards"},   {"masq", "masquerades"},
                                               {"nat", "translates"}, {"redir", "redirects"}};

// Returns whether the statement applies to only one version of IP. Packets of the other version
// continue.
bool is_of_one_version(std::string_view name, const Attributes& data)
{
    return name == "nat" || (name == "fwd" && data[NFTA_FWD_NFPROTO] != nullptr);
}

// A verdict as the kernel describes it: with the name of its chain.
struct NamedVerdict {
    Verdict::Kind kind;
    std::string_view does;
    std::string chain;

    bool operator<(const NamedVerdict& other) const
    {
        return std::tie(kind, does, chain) < std::tie(other.kind, other.does, other.chain);
    }
};

// Returns NFT_CONTINUE if there is no verdict.
std::int32_t verdict_code(const nlattr* data)
{
    const Attributes verdict{Attributes(data)[NFTA_DATA_VERDICT]};
    return verdict[NFTA_VERDICT_CODE] == nullptr
               ? static_cast<std::int32_t>(NFT_CONTINUE)
               : static_cast<std::int32_t>(verdict.number(NFTA_VERDICT_CODE));
}

// Returns nothing if packets continue with the next expression (NFT_CONTINUE) or with the next rule
// (NFT_BREAK).
std::optional<NamedVerdict> verdict_in(const nlattr* data)
{
    const std::string chain(
        Attributes{Attributes(data)[NFTA_DATA_VERDICT]}.text(NFTA_VERDICT_CHAIN));
    constexpr unsigned verdict_bits =
        0xff; // these bits contain netfilter's verdict; the others contain a queue's number
    const std::int32_t code = verdict_code(data);
    switch (code) {
    case NFT_JUMP:
        return NamedVerdict{Verdict::Kind::jump, "jumps with", chain};
    case NFT_GOTO:
        return NamedVerdict{Verdict::Kind::go_to, "goes to another chain with", chain};
    case NFT_RETURN:
        return NamedVerdict{Verdict::Kind::back, "returns from the chain with", {}};
    default:
        break;
    }
    if (code < 0)
        return std::nullopt;
    switch (static_cast<unsigned>(code) & verdict_bits) {
    case NF_ACCEPT:
        return NamedVerdict{Verdict::Kind::final, "accepts", {}};
    case NF_QUEUE:
        return NamedVerdict{Verdict::Kind::final, "queues", {}};
    default:
        return NamedVerdict{Verdict::Kind::final, "drops", {}};
    }
}

Log log_in(const Attributes& statement)
{
    Log log{};
    if (statement[NFTA_LOG_GROUP] != nullptr)
        log.group = static_cast<std::uint16_t>(statement.number(NFTA_LOG_GROUP));
    log.prefix = statement.text(NFTA_LOG_PREFIX);
    log.snaplen = static_cast<std::uint32_t>(statement.number(NFTA_LOG_SNAPLEN));
    log.queue_threshold = static_cast<std::uint32_t>(statement.number(NFTA_LOG_QTHRESHOLD));
    return log;
}

struct UsedVerdictMap {
    std::string name;
    std::size_t logs_before; // how many log statements of the rule are before the map
};

// A rule, and the verdicts and maps that are not resolved to chains yet.
struct ReadRule {
    Rule rule{};
    std::vector<NamedVerdict> verdicts;
    std::vector<UsedVerdictMap> verdict_maps;
};

// Reads the expressions of a rule in sequence.
class RuleReader {
public:
    explicit RuleReader(const Attributes& rule)
    {
        read_.rule.number = rule.number(NFTA_RULE_HANDLE);
        Attributes(rule[NFTA_RULE_EXPRESSIONS]).for_each([&](const nlattr& element) {
            const Attributes expression(&element);
            read(expression.text(NFTA_EXPR_NAME), Attributes(expression[NFTA_EXPR_DATA]));
        });
    }

    ReadRule take() { return std::move(read_); }

private:
    void read(std::string_view name, const Attributes& data)
    {
        if (name == "log")
            add(log_in(data));
        if (has_ended_) // no packet reaches this expression
            return;
        const auto* final = std::ranges::find(final_statements, name, &FinalStatement::name);
        if (name == "immediate")
            read_immediate(data);
        else if (name == "lookup" && data[NFTA_LOOKUP_DREG] != nullptr &&
                 data.number(NFTA_LOOKUP_DREG) == NFT_REG_VERDICT)
            read_.verdict_maps.push_back(
                {std::string(data.text(NFTA_LOOKUP_SET)), read_.rule.logs.size()});
        else if (name == "target")
            read_target(data);
        else if (final != std::end(final_statements)) {
            is_conditional_ = is_conditional_ || is_of_one_version(name, data);
            add({Verdict::Kind::final, final->does, {}});
            has_ended_ =
                name != "nat"; // after nat, packets of the other IP version continue in the rule
        }
        is_conditional_ = is_conditional_ || !lets_all_pass(name, data);
    }

    void read_immediate(const Attributes& data)
    {
        const nlattr* verdict = data[NFTA_IMMEDIATE_DATA];
        if (data.number(NFTA_IMMEDIATE_DREG) != NFT_REG_VERDICT ||
            verdict_code(verdict) == NFT_CONTINUE)
            return;
        if (const auto named = verdict_in(verdict))
            add(*named);
        has_ended_ = true;
    }

    // Reads the target of a rule of iptables-nft.
    void read_target(const Attributes& data)
    {
        const std::string_view name = data.text(NFTA_TARGET_NAME);
        if (auto log = log_in_target(name, data.bytes(NFTA_TARGET_INFO)))
            add(std::move(*log));
        if (const std::string_view does = final_target(name); !does.empty()) {
            add({Verdict::Kind::final, does, {}});
            has_ended_ = true;
        }
    }

    void add(Log log)
    {
        log.is_behind_verdict = has_ended_;
        read_.rule.logs.push_back(std::move(log));
    }

    void add(const NamedVerdict& verdict)
    {
        read_.verdicts.push_back(verdict);
        read_.rule.is_unconditional = !is_conditional_;
    }

    ReadRule read_;
    bool is_conditional_ = false; // an earlier expression made some packets leave the rule
    bool has_ended_ = false;      // no packet continues in the rule
};

constexpr std::size_t request_size = 1024; // bytes; enough for two names of at most 255 bytes each

// Makes one attempt to read all rules.
class Reader {
public:
    std::vector<Table> read()
    {
        dump(NFT_MSG_GETTABLE, NFPROTO_UNSPEC, {},
             [&](auto family, const auto& attributes) { add_table(family, attributes); });
        dump(NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, {},
             [&](auto family, const auto& attributes) { add_chain(family, attributes); });
        dump(NFT_MSG_GETRULE, NFPROTO_UNSPEC, {},
             [&](auto family, const auto& attributes) { add_rule(family, attributes); });
        for (const auto& [map, rules] : rules_of_maps_) {
            if (logs(tables_[map.table]))
                read_verdict_map(map, rules);
        }
        std::vector<Table> logging;
        for (Table& table : tables_) {
            if (logs(table))
                logging.push_back(std::move(table));
        }
        return logging;
    }

private:
    // Indexes into tables_, and into the chains and rules of a table.
    struct RulePlace {
        std::size_t table;
        std::size_t chain;
        std::size_t rule;
        std::size_t logs_before_map;
    };
    struct VerdictMap {
        std::size_t table;
        std::string name;

        bool operator<(const VerdictMap& other) const
        {
            return std::tie(table, name) < std::tie(other.table, other.name);
        }
    };

    // The keys of the maps below. Names contain no NUL, and no two names give the same key.
    static std::string key(std::uint8_t family, std::string_view table)
    {
        return static_cast<char>(family) + std::string(table);
    }
    static std::string key(std::size_t table, std::string_view chain)
    {
        return std::to_string(table) + ' ' + std::string(chain);
    }

    static bool logs(const Table& table)
    {
        return std::ranges::any_of(table.chains, [](const Chain& chain) {
            return std::ranges::any_of(chain.rules,
                                       [](const Rule& rule) { return !rule.logs.empty(); });
        });
    }

    template <typename Show>
    void dump(int type, std::uint8_t family,
              std::initializer_list<std::pair<std::uint16_t, const std::string&>> names, Show show)
    {
        constexpr int bits_of_a_type = 8;
        alignas(nlmsghdr) std::array<char, request_size> room{};
        nlmsghdr* request = mnl_nlmsg_put_header(room.data());
        request->nlmsg_type =
            static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << bits_of_a_type) | type);
        request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        auto* header =
            static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(nfgenmsg)));
        header->nfgen_family = family;
        for (const auto& [attribute, name] : names)
            mnl_attr_put_strz(request, attribute, name.c_str());
        const int error = kernel_.run(*request, [&](const nlmsghdr& message) {
            const auto& said = *static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(&message));
            // res_id is a part of the ruleset's generation number, which each change increases.
            if (generation_.value_or(said.res_id) != said.res_id)
                throw Changed();
            generation_ = said.res_id;
            show(said.nfgen_family, Attributes(message, sizeof(nfgenmsg)));
        });
        if (error == EINTR || (error == ENOENT && type == NFT_MSG_GETSETELEM))
            throw Changed();
        if (error == EPERM)
            throw Failure("CAP_NET_ADMIN is missing in the user namespace that owns this network "
                          "namespace; run as root there");
        if (error != 0)
            throw Failure(std::string("the kernel does not list the rules: ") +
                          std::strerror(error) +
                          (error == EINVAL || error == EOPNOTSUPP
                               ? "; it has no nf_tables, unless 'nft list ruleset' works"
                               : ""));
    }

    void add_table(std::uint8_t family, const Attributes& table)
    {
        const std::string_view name = table.text(NFTA_TABLE_NAME);
        table_indices_.emplace(key(family, name), tables_.size());
        tables_.push_back({title_of(family, name),
                           "handle",
                           (table.number(NFTA_TABLE_FLAGS) & NFT_TABLE_F_DORMANT) != 0,
                           {}});
        names_.emplace_back(family, name);
    }

    void add_chain(std::uint8_t family, const Attributes& chain)
    {
        const auto table = table_indices_.find(key(family, chain.text(NFTA_CHAIN_TABLE)));
        if (table == table_indices_.end())
            throw Changed();
        std::vector<Chain>& chains = tables_[table->second].chains;
        const std::string_view name = chain.text(NFTA_CHAIN_NAME);
        chain_indices_.emplace(key(table->second, name), chains.size());
        chains.push_back({std::string(name), chain[NFTA_CHAIN_HOOK] != nullptr, {}});
    }

    std::size_t index_of_chain(std::size_t table, std::string_view name) const
    {
        const auto found = chain_indices_.find(key(table, name));
        if (found == chain_indices_.end())
            throw Changed();
        return found->second;
    }

    void add_rule(std::uint8_t family, const Attributes& attributes)
    {
        const auto table = table_indices_.find(key(family, attributes.text(NFTA_RULE_TABLE)));
        if (table == table_indices_.end())
            throw Changed();
        const std::size_t chain = index_of_chain(table->second, attributes.text(NFTA_RULE_CHAIN));
        ReadRule read = RuleReader(attributes).take();
        add_verdicts(read.rule, table->second, read.verdicts);
        if (!read.rule.is_relevant() && read.verdict_maps.empty())
            return;
        std::vector<Rule>& rules = tables_[table->second].chains[chain].rules;
        for (UsedVerdictMap& map : read.verdict_maps)
            rules_of_maps_[{table->second, std::move(map.name)}].push_back(
                {table->second, chain, rules.size(), map.logs_before});
        rules.push_back(std::move(read.rule));
    }

    template <typename Verdicts>
    void add_verdicts(Rule& rule, std::size_t table, const Verdicts& verdicts) const
    {
        for (const NamedVerdict& verdict : verdicts) {
            const bool leads =
                verdict.kind == Verdict::Kind::jump || verdict.kind == Verdict::Kind::go_to;
            rule.verdicts.push_back(
                {verdict.kind, verdict.does, leads ? index_of_chain(table, verdict.chain) : 0});
        }
    }

    void read_verdict_map(const VerdictMap& map, const std::vector<RulePlace>& rules)
    {
        std::set<NamedVerdict>
            verdicts; // a set, because a map can have many elements but few different verdicts
        bool continues = false;
        const auto& [family, table] = names_[map.table];
        dump(NFT_MSG_GETSETELEM, family,
             {{NFTA_SET_ELEM_LIST_TABLE, table}, {NFTA_SET_ELEM_LIST_SET, map.name}},
             [&](std::uint8_t /*family*/, const Attributes& list) {
                 Attributes(list[NFTA_SET_ELEM_LIST_ELEMENTS]).for_each([&](const nlattr& element) {
                     const nlattr* data = Attributes(&element)[NFTA_SET_ELEM_DATA];
                     continues = continues || verdict_code(data) == NFT_CONTINUE;
                     if (auto verdict = verdict_in(data))
                         verdicts.insert(std::move(*verdict));
                 });
             });
        for (const RulePlace& place : rules) {
            Rule& rule = tables_[place.table].chains[place.chain].rules[place.rule];
            add_verdicts(rule, place.table, verdicts);
            for (std::size_t i = place.logs_before_map; !continues && i < rule.logs.size(); ++i)
                rule.logs[i].is_behind_verdict = true;
        }
    }

    NetlinkDump kernel_;
    std::optional<std::uint16_t> generation_;
    std::vector<Table> tables_;
    // The family and the name of each table.
    std::vector<std::pair<std::uint8_t, std::string>> names_;
    std::unordered_map<std::string, std::size_t> table_indices_;
    std::unordered_map<std::string, std::size_t> chain_indices_;
    std::map<VerdictMap, std::vector<RulePlace>> rules_of_maps_;
};

} // namespace

std::vector<Table> read_nf_tables()
{
    constexpr int attempts = 20;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        try {
            return Reader().read();
        } catch (const Changed&) {
            continue;
        }
    }
    throw Failure(
        "the rules changed during every attempt to read them; try again when nothing changes "
        "them");
}

} // namespace command
