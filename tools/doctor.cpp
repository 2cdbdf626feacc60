// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor.hpp"

#include "colours.hpp"
#include "group_table.hpp"
#include "handle.hpp"
#include "network_namespace.hpp"
#include "output.hpp"
#include "ruleset.hpp"
#include "text.hpp"

#include <algorithm>
#include <set>
#include <unistd.h>

namespace command {

namespace {

// The findings, as they are made.
class Report {
public:
    void fine(const std::string& words) { add(colours_.good(), "ok       ", words); }
    void note(const std::string& words) { add(colours_.warning(), "note     ", words); }
    void problem(const std::string& words)
    {
        add(colours_.bad(), "problem  ", words);
        well_ = false;
    }

    ExitStatus finish()
    {
        output_.close();
        return well_ ? all_well : failed;
    }

private:
    void add(std::string_view colour, std::string_view kind, const std::string& words)
    {
        std::string& text = output_.buffer();
        text += colour;
        text += kind;
        text += colours_.plain();
        append_escaped(text, words);
        text += '\n';
    }

    Colours colours_{STDOUT_FILENO};
    Output output_;
    bool well_ = true;
};

using Bound = std::vector<BoundGroup>;

const BoundGroup* find(const Bound& bound, std::uint16_t group)
{
    const auto found = std::find_if(bound.begin(), bound.end(),
                                    [&](const BoundGroup& one) { return one.group == group; });
    return found == bound.end() ? nullptr : &*found;
}

// Binds a group that nobody has, for a moment, with the settings of a capture: all that it takes
// is seen by that.
bool try_capture(Report& report, const Bound& bound)
{
    std::uint16_t group = UINT16_MAX;
    while (find(bound, group) != nullptr)
        --group;
    const Handle handle = new_handle();
    check(handle, nflogcap_add_group(handle.get(), group));
    if (nflogcap_start(handle.get()) < 0) {
        report.problem(nflogcap_error(handle.get()));
        return false;
    }
    report.fine("this kernel has NFLOG, and groups can be captured");

    constexpr std::uint64_t asked = 32U << 20U;
    const std::uint64_t granted = stats_of(handle).socket_buffer / 2;
    if (granted >= asked)
        report.fine("the socket buffer has the " + grouped(asked) + " bytes that are asked for");
    else
        report.problem("the socket buffer has " + grouped(granted) + " of the " + grouped(asked) +
                       " bytes that are asked for, so packets are lost sooner when they come in "
                       "bursts: 'sysctl -w net.core.rmem_max=" +
                       std::to_string(asked) + "' as root of the machine, or capture as that root");
    return true;
}

void look_at_owner(Report& report, const Bound& bound, std::uint16_t group)
{
    const BoundGroup* found = find(bound, group);
    const std::string name = "group " + std::to_string(group);
    if (found == nullptr)
        return report.fine(name + " is free");
    std::string owner = "netlink port " + std::to_string(found->port);
    if (const auto process = owner_of_port(found->port)) {
        owner = "process " + std::to_string(process->pid) + " (";
        append_escaped(owner, process->name);
        owner += ')';
    }
    report.note(name + " is captured by " + owner +
                "; a group has one owner in a network namespace: capture another, or end it");
}

void look_at_rule(Report& report, const LoggingRule& rule)
{
    std::string words =
        "group " + std::to_string(rule.group) + " is logged to in " + rule.place + ": ";
    append_escaped(words, rule.text);
    report.fine(words);
    if (rule.snaplen && *rule.snaplen > 0)
        report.note("this rule gives no more than " + std::to_string(*rule.snaplen) +
                    " bytes of a packet (snaplen)");
    if (rule.queue_threshold && *rule.queue_threshold > 0)
        report.note("this rule has batches of at most " + std::to_string(*rule.queue_threshold) +
                    " packets (queue-threshold): the fewer, the more a packet costs");
}

void look_at_rules(Report& report, const std::vector<std::uint16_t>& groups)
{
    std::optional<Ruleset> ruleset;
    try {
        ruleset = read_ruleset();
    } catch (const Failure& failure) {
        return report.note(std::string("rules were not looked at: ") + failure.what());
    }
    if (!ruleset)
        return report.note("rules were not looked at, since this was built without libnftables: "
                           "'nft list ruleset' shows them");
    const bool hidden = has_legacy_tables();
    if (hidden)
        report.note("tables of iptables-legacy were not looked at: 'iptables-legacy-save' and "
                    "'ip6tables-legacy-save' show whether '-j NFLOG' is in them");
    if (ruleset->has_untold)
        report.note("there are rules '-j NFLOG' whose group nft cannot tell: 'iptables-save' does");

    std::set<std::uint16_t> logged;
    for (const LoggingRule& rule : ruleset->logging) {
        logged.insert(rule.group);
        if (groups.empty() || std::find(groups.begin(), groups.end(), rule.group) != groups.end())
            look_at_rule(report, rule);
    }
    const bool unsure = hidden || ruleset->has_untold;
    for (const std::uint16_t group : groups) {
        if (logged.contains(group))
            continue;
        const std::string number = std::to_string(group);
        const std::string words = "no rule of nftables logs to group " + number +
                                  ": add 'log group " + number +
                                  "' to one, or have nflogcap make it: 'nflogcap --tap MATCH'";
        unsure ? report.note(words) : report.problem(words);
    }
    if (groups.empty() && logged.empty())
        report.note("no rule of nftables logs to any group: add 'log group N' to one, or have "
                    "nflogcap make it: 'nflogcap --tap MATCH'");
}

} // namespace

ExitStatus doctor(const DoctorOptions& options)
{
    enter_netns(options.netns);
    Report report;
    Bound bound;
    bool table_read = true;
    try {
        bound = bound_groups();
    } catch (const Failure&) { // the trial loads the module, and tells what is amiss
        table_read = false;
    }
    if (try_capture(report, bound) && !table_read)
        report.note("the table of groups cannot be read here, so their owners are not known: "
                    "'nflogcap list' says why");
    if (table_read) {
        for (const std::uint16_t group : options.groups)
            look_at_owner(report, bound, group);
    }
    look_at_rules(report, options.groups);
    return report.finish();
}

} // namespace command
