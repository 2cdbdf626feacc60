// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor.hpp"

#include "advice.hpp"
#include "colours.hpp"
#include "group_table.hpp"
#include "handle.hpp"
#include "network_namespace.hpp"
#include "output.hpp"
#include "ruleset/logging_rules.hpp"
#include "spool_state.hpp"
#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <unistd.h>

namespace command {

namespace {

// Prints each finding immediately.
class Report {
public:
    explicit Report(const DoctorOptions& options)
        : colours_(STDOUT_FILENO, options.coloring), json_(options.json)
    {
    }

    void fine(const std::string& words) { add(colours_.good(), "ok", words); }
    void note(const std::string& words) { add(colours_.warning(), "note", words); }
    void problem(const std::string& words)
    {
        add(colours_.bad(), "problem", words);
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
        if (json_) {
            text += R"({"finding":")" + std::string(kind) + R"(","words":)";
            append_json(text, words);
            text += "}\n";
            return;
        }
        constexpr std::size_t width = 9;
        text += colour;
        text += kind;
        text.append(width - kind.size(), ' ');
        text += colours_.plain();
        append_escaped(text, words);
        text += '\n';
    }

    Colours colours_;
    bool json_;
    Output output_;
    bool well_ = true;
};

using Bound = std::vector<BoundGroup>; // in ascending order

const BoundGroup* find(const Bound& bound, std::uint16_t group)
{
    const auto found = std::ranges::lower_bound(bound, group, {}, &BoundGroup::group);
    return found == bound.end() || found->group != group ? nullptr : &*found;
}

// Returns nothing, and sets `why` to the reason, if the kernel's table cannot be read.
std::optional<Bound> read_bound_groups(std::string& why)
{
    try {
        return bound_groups();
    } catch (const Failure& failure) {
        why = failure.what();
        return std::nullopt;
    }
}

void look_at_socket_buffer(Report& report, const Handle& handle)
{
    constexpr std::uint64_t asked = 32U << 20U;
    const std::uint64_t granted = stats_of(handle).socket_buffer / 2;
    if (granted >= asked)
        report.fine("the socket buffer has the requested " + grouped(asked) + " bytes");
    else
        report.problem("the socket buffer has only " + grouped(granted) + " of the requested " +
                       grouped(asked) +
                       " bytes, and bursts of packets fill it sooner: run 'sysctl -w "
                       "net.core.rmem_max=" +
                       std::to_string(asked) +
                       "' as root of the machine, or "
                       "capture as that root");
}

// Captures an unused group for a moment with the default settings, which checks everything that a
// capture needs. If it is unknown which groups are in use, it tries several groups.
void try_capture(Report& report, const std::optional<Bound>& bound)
{
    constexpr int max_attempts = 8;
    int attempts = bound ? 1 : max_attempts;
    std::string first_failure;
    for (int number = UINT16_MAX; number >= 0; --number) {
        const auto group = static_cast<std::uint16_t>(number);
        if (bound && find(*bound, group) != nullptr)
            continue;
        const Handle handle = new_handle();
        check(handle, nflogcap_add_group(handle.get(), group));
        const int code = nflogcap_start(handle.get());
        if (code == 0) {
            report.fine("this kernel has NFLOG, and groups can be captured");
            return look_at_socket_buffer(report, handle);
        }
        if (first_failure.empty())
            first_failure = nflogcap_error(handle.get()) + advice_on(-code);
        if (code != -EPERM || --attempts == 0)
            return report.problem(first_failure);
    }
    report.problem("all 65,536 groups are captured, so no other capture can start: 'nflogcap list' "
                   "shows the owners; end one of them");
}

void look_at_owner(Report& report, const Bound& bound, std::uint16_t group)
{
    const BoundGroup* found = find(bound, group);
    const std::string name = "group " + std::to_string(group);
    if (found == nullptr)
        return report.fine(name + " is free");
    const Owners owners = owners_of({*found});
    std::string owner;
    if (const auto process = owners.find(found->port); process != owners.end()) {
        owner = "process " + std::to_string(process->second.pid) + " (";
        append_escaped(owner, process->second.name);
        owner += ')';
    } else {
        owner = "a process that /proc does not show here (netlink port " +
                std::to_string(found->port) + ")";
    }
    report.note(name + " is captured by " + owner +
                "; a group can have only one owner in a network namespace: capture another group, "
                "or end the owner");
}

// Returns a description of the rule: its place in the ruleset, and its prefix.
std::string description_of(const LoggingRule& rule)
{
    std::string words;
    append_escaped(words, rule.place);
    if (!rule.log.prefix.empty()) {
        words += ", prefix \"";
        append_escaped(words, rule.log.prefix);
        words += '"';
    }
    return words;
}

void look_at_settings(Report& report, const Log& log)
{
    if (log.snaplen > 0)
        report.note("this rule logs at most " + counted(log.snaplen, "byte", "bytes") +
                    " of a packet (snaplen)");
    if (log.queue_threshold > 0)
        report.note("this rule logs in batches of at most " +
                    counted(log.queue_threshold, "packet", "packets") +
                    " (queue-threshold): smaller batches cost more CPU time per packet");
}

using RulesOfGroup = std::vector<const LoggingRule*>;

// Looks at the rules that log to a group. An unreachable rule is a problem only if all rules of the
// group are unreachable.
void look_at_rules_of_group(Report& report, std::uint16_t group, const RulesOfGroup& rules)
{
    const bool is_logged_to =
        std::ranges::any_of(rules, [](const LoggingRule* rule) { return rule->obstacle.empty(); });
    for (const LoggingRule* rule : rules) {
        const std::string words =
            "group " + std::to_string(group) + " is logged to in " + description_of(*rule);
        if (rule->obstacle.empty()) {
            report.fine(words);
            look_at_settings(report, rule->log);
            continue;
        }
        const std::string no_packet = words + ", but " + rule->obstacle;
        is_logged_to ? report.note(no_packet) : report.problem(no_packet);
    }
}

// Returns whether the prefix is the group's number. Users often write --nflog-prefix 5 instead of
// --nflog-group 5.
bool is_meant_for(std::uint16_t group, const std::string& prefix)
{
    constexpr const char* separators = " :";
    const std::size_t begin = prefix.find_first_not_of(separators);
    return begin != std::string::npos &&
           prefix.substr(begin, prefix.find_last_not_of(separators) + 1 - begin) ==
               std::to_string(group);
}

// Looks at the rules that do not log to the requested group. Reports first the rules that were
// probably meant for it.
void look_at_other_rules(Report& report, std::uint16_t group, RulesOfGroup rules)
{
    constexpr std::size_t max_shown = 10;
    std::stable_partition(rules.begin(), rules.end(), [&](const LoggingRule* rule) {
        return is_meant_for(group, rule->log.prefix) || !rule->log.group;
    });
    const std::string number = std::to_string(group);
    for (std::size_t i = 0; i < std::min(rules.size(), max_shown); ++i) {
        const LoggingRule& rule = *rules[i];
        std::string words =
            rule.log.group ? "a rule logs to group " + std::to_string(*rule.log.group) + " instead"
                           : "a rule logs without a group, and therefore to the kernel's own log";
        words += ", in " + description_of(rule);
        if (!rule.log.group)
            words += ": add 'group " + number + "' to its log statement";
        else if (is_meant_for(group, rule.log.prefix))
            words += ": " + number + " is its prefix, not its group; use 'log group " + number +
                     "', or '--nflog-group " + number + "' with iptables";
        report.note(words);
    }
    if (rules.size() > max_shown)
        report.note("and " + grouped(rules.size() - max_shown) + " more rules log elsewhere");
}

void look_at_rules(Report& report, const std::vector<std::uint16_t>& groups)
{
    const LoggingRules read = read_logging_rules();
    for (const std::string& unread : read.unread)
        report.note("not checked: " + unread);

    std::map<std::uint16_t, RulesOfGroup> rules_of_groups;
    RulesOfGroup all;
    for (const LoggingRule& rule : read.rules) {
        all.push_back(&rule);
        if (rule.log.group)
            rules_of_groups[*rule.log.group].push_back(&rule);
    }
    const std::string nobody = read.unread.empty() ? "no rule of nftables or iptables logs to "
                                                   : "no rule that could be read logs to ";
    const std::string tap = ", or let nflogcap make a rule: 'nflogcap --tap MATCH'";
    if (groups.empty()) {
        for (const auto& [group, rules] : rules_of_groups)
            look_at_rules_of_group(report, group, rules);
        if (rules_of_groups.empty())
            report.note(nobody + "any group: add 'log group N' to one" + tap);
    }
    for (const std::uint16_t group : groups) {
        if (const auto found = rules_of_groups.find(group); found != rules_of_groups.end()) {
            look_at_rules_of_group(report, group, found->second);
            continue;
        }
        const std::string number = std::to_string(group);
        const std::string words =
            nobody + "group " + number + ": add 'log group " + number + "' to one" + tap;
        read.unread.empty() ? report.problem(words) : report.note(words);
        look_at_other_rules(report, group, all);
    }
}

// Checks a spool, and returns the groups in it.
std::vector<std::uint16_t> look_at_spool(Report& report, const std::string& path)
{
    SpoolState state;
    try {
        state = state_of_spool(path);
    } catch (const Failure& failure) {
        report.problem(failure.what());
        return {};
    }
    const std::string name = "the spool " + path;
    state.is_written ? report.fine("a capture writes " + name)
                     : report.problem("no capture writes " + name +
                                      ": 'nflogcap -g GROUP --spool " + path + "' does");
    if (!state.is_shipped)
        report.problem("no nflogcap-ship ships " + name + ": 'nflogcap-ship --spool " + path +
                       " --server URL' does");
    else if (state.trouble.empty())
        report.fine(name + " is shipped as '" + state.host + "'");
    else
        report.problem("nflogcap-ship cannot ship: " + state.trouble);
    std::vector<std::uint16_t> groups;
    for (const auto& [number, group] : state.groups) {
        groups.push_back(number);
        const std::string words = "group " + std::to_string(number) + " in the spool: ";
        if (group.account.total == 0)
            report.note(words + "no packet was ever captured");
        else if (group.unacknowledged == 0)
            report.fine(words + "all captured packets have arrived, up to chunk " +
                        std::to_string(group.acknowledged));
        else
            report.note(words + counted(group.unacknowledged, "packet is", "packets are") +
                        " not acknowledged yet");
        if (group.account.dropped > 0)
            report.note(words + counted(group.account.dropped, "packet was", "packets were") +
                        " dropped because the spool was full: --spool-size makes it larger");
    }
    for (const std::string& words : state.damage)
        report.problem(words);
    return groups;
}

} // namespace

ExitStatus doctor(const DoctorOptions& options)
{
    enter_netns(options.netns);
    Report report(options);
    std::vector<std::uint16_t> groups = options.groups;
    if (!options.spool.empty()) {
        const std::vector<std::uint16_t> spooled = look_at_spool(report, options.spool);
        if (groups.empty())
            groups = spooled;
    }
    std::string why;
    std::optional<Bound> bound = read_bound_groups(why);
    try_capture(report, bound); // starting a capture loads the kernel's module
    if (!bound)
        bound = read_bound_groups(why);
    if (!bound)
        report.note("the owners of groups are unknown: " + why);
    else
        for (const std::uint16_t group : groups)
            look_at_owner(report, *bound, group);
    look_at_rules(report, groups);
    return report.finish();
}

} // namespace command
