// SPDX-License-Identifier: GPL-2.0-or-later
#include "logging_rules.hpp"

#include "failure.hpp"
#include "legacy_tables.hpp"
#include "nf_tables.hpp"
#include "reach.hpp"

namespace command {

namespace {

std::string number_of(const Table& table, const Rule& rule)
{
    return std::string(table.number_label) + ' ' + std::to_string(rule.number);
}

// Returns why packets do not reach a rule and what to do, or "" if packets can reach it.
std::string obstacle_to(std::size_t rule, const Table& table, const Chain& chain,
                        const Reach& reach)
{
    if (table.is_dormant)
        return "its table is dormant; remove 'flags dormant'";
    if (!reach.is_entered)
        return "no rule that packets reach jumps to its chain; add a jump to one";
    if (rule < reach.rules)
        return {};
    const Rule& stopping = chain.rules[reach.rules - 1];
    const Verdict& verdict = stopping.verdicts.front();
    return number_of(table, stopping) + " before it " + std::string(verdict.does) +
           " every packet" +
           (verdict.kind == Verdict::Kind::jump ? " to a chain that does not return it" : "") +
           "; move this rule before that one";
}

std::string obstacle_to(const Log& log, const std::string& obstacle_to_rule)
{
    if (!obstacle_to_rule.empty())
        return "no packet reaches this rule: " + obstacle_to_rule;
    if (log.is_behind_verdict)
        return "no packet reaches its log statement: a verdict before it in the rule ends the rule "
               "for every packet; put the log statement first";
    return {};
}

void add_rules_of(const Table& table, std::vector<LoggingRule>& rules)
{
    const std::vector<Reach> reaches = reach_of(table);
    for (std::size_t c = 0; c < table.chains.size(); ++c) {
        const Chain& chain = table.chains[c];
        for (std::size_t r = 0; r < chain.rules.size(); ++r) {
            for (const Log& log : chain.rules[r].logs)
                rules.push_back({log,
                                 table.title + ", chain " + chain.name + ", " +
                                     number_of(table, chain.rules[r]),
                                 obstacle_to(log, obstacle_to(r, table, chain, reaches[c]))});
        }
    }
}

} // namespace

LoggingRules read_logging_rules()
{
    struct Kind {
        const char* name;
        std::vector<Table> (*read)();
    };
    constexpr Kind kinds[] = {{"nftables", read_nf_tables},
                              {"iptables-legacy", read_legacy_tables}};
    LoggingRules logging;
    for (const Kind& kind : kinds) {
        try {
            for (const Table& table : kind.read())
                add_rules_of(table, logging.rules);
        } catch (const Failure& failure) {
            logging.unread.push_back(std::string("rules of ") + kind.name + ": " + failure.what());
        }
    }
    return logging;
}

} // namespace command
