// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap.hpp"

#include "handle.hpp"
#include "output.hpp"
#include "ruleset/logging_rules.hpp"

#include <charconv>
#include <set>

namespace command {

namespace {

// Names of interfaces. "nflogcap-5" is that of group 5, which a rule logs to.
constexpr std::string_view any_group = "nflogcap";
constexpr std::string_view tap = "nflogcap-tap";
constexpr std::string_view one_group = "nflogcap-";

std::optional<std::uint16_t> group_in(std::string_view interface)
{
    if (!interface.starts_with(one_group))
        return std::nullopt;
    interface.remove_prefix(one_group.size());
    std::uint16_t group = 0;
    const auto [end, error] =
        std::from_chars(interface.data(), interface.data() + interface.size(), group);
    if (error != std::errc() || end != interface.data() + interface.size())
        return std::nullopt;
    return group;
}

void require_interface(std::string_view interface)
{
    if (interface != any_group && interface != tap && !group_in(interface))
        throw Failure("there is no interface '" + std::string(interface) +
                          "'; 'nflogcap --extcap-interfaces' lists them",
                      wrong_usage);
}

std::set<std::uint16_t> groups_of_rules()
{
    std::set<std::uint16_t> groups;
    // Without the right to see rules there are none.
    for (const LoggingRule& rule : read_logging_rules().rules) {
        if (rule.log.group)
            groups.insert(*rule.log.group);
    }
    return groups;
}

std::string interfaces()
{
    std::string text =
        std::string("extcap {version=") + nflogcap_version() +
        "}{display=NFLOG}\n"
        "interface {value=nflogcap}{display=NFLOG group, by number}\n"
        "interface {value=nflogcap-tap}{display=NFLOG tap, a rule for the capture}\n";
    for (const std::uint16_t group : groups_of_rules()) {
        const std::string number = std::to_string(group);
        text += "interface {value=nflogcap-" + number + "}{display=NFLOG group " + number + "}\n";
    }
    return text;
}

std::string configuration(std::string_view interface)
{
    std::string text;
    if (interface == any_group)
        text = "arg {number=0}{call=--group}{display=Group}{type=unsigned}{range=0,65535}"
               "{required=true}{tooltip=The number behind 'log group' in the rule}\n";
    else if (interface == tap)
        text = "arg {number=0}{call=--tap}{display=Match}{type=string}"
               "{tooltip=As in a rule of nft's: tcp dport 443. Empty: all packets}\n"
               "arg {number=1}{call=--hook}{display=Hook}{type=string}"
               "{tooltip=prerouting, input, forward, output, postrouting or ingress:DEVICE. "
               "Empty: all that comes in and all that is sent from here}\n";
    return text + "arg {number=2}{call=--snaplen}{display=Snapshot length}{type=unsigned}"
                  "{range=0,65531}{default=65528}{tooltip=Bytes of each packet}\n"
                  "arg {number=3}{call=--netns}{display=Network namespace}{type=string}"
                  "{tooltip=A name of 'ip netns', or a path. Empty: this one}\n";
}

// Wireshark takes words for what is wrong with the filter, and none for a right one.
std::string complaint(const std::string& filter)
{
    const Handle handle = new_handle();
    if (nflogcap_set_filter(handle.get(), filter.c_str()) < 0)
        return std::string(nflogcap_error(handle.get())) + '\n';
    return {};
}

std::string answer_to(const ExtcapQuery& query)
{
    if (query.about == ExtcapQuery::About::interfaces)
        return interfaces();
    require_interface(query.interface);
    switch (query.about) {
    case ExtcapQuery::About::link_types:
        return "dlt {number=239}{name=NFLOG}{display=Linux netfilter log}\n";
    case ExtcapQuery::About::configuration:
        return configuration(query.interface);
    default:
        return complaint(query.filter);
    }
}

} // namespace

ExitStatus answer(const ExtcapQuery& query)
{
    Output output;
    output.buffer() = answer_to(query);
    output.close();
    return all_well;
}

void apply_extcap_interface(CaptureOptions& options, const std::string& interface)
{
    require_interface(interface);
    if (interface == tap) {
        if (!options.tap)
            options.tap = ""; // all packets
    } else if (const auto group = group_in(interface)) {
        if (!options.groups.empty())
            throw Failure("-g has no effect with the interface '" + interface +
                              "', which is that of a group; leave it out",
                          wrong_usage);
        options.groups = {*group};
    } else if (options.groups.empty()) {
        throw Failure("the interface 'nflogcap' wants to be told the group: its options, or "
                      "'tshark -i nflogcap -o extcap.nflogcap.group:5'",
                      wrong_usage);
    }
}

} // namespace command
