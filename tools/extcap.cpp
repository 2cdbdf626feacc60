// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap.hpp"

#include "extcap_interface.hpp"
#include "handle.hpp"
#include "network_namespace.hpp"
#include "output.hpp"

namespace command {

namespace {

using Kind = ExtcapInterface::Kind;

// The link types for Wireshark; the first one is the default. Wireshark does not pass what the user
// chooses from this list. The user's choice comes from --extcap-linktype instead, which
// configuration() offers.
std::string link_types()
{
    return "dlt {number=" + std::to_string(NFLOGCAP_LINKTYPE_NFLOG) +
           "}{name=NFLOG}{display=Linux netfilter log}\n"
           "dlt {number=" +
           std::to_string(NFLOGCAP_LINKTYPE_RAW) +
           "}{name=RAW}{display=IP packets}\n"
           "dlt {number=" +
           std::to_string(NFLOGCAP_LINKTYPE_ETHERNET) + "}{name=EN10MB}{display=Ethernet}\n";
}

std::string configuration(const ExtcapInterface& interface)
{
    std::string text;
    if (interface.kind == Kind::any_group)
        text = "arg {number=0}{call=--group}{display=Group}{type=unsigned}{range=0,65535}"
               "{required=true}{tooltip=The number behind 'log group' in the rule}\n";
    else if (interface.kind == Kind::tap)
        text = "arg {number=0}{call=--tap}{display=Match}{type=string}"
               "{tooltip=As in an nft rule: tcp dport 443. Empty: all packets}\n"
               "arg {number=1}{call=--hook}{display=Hook}{type=string}"
               "{tooltip=prerouting, input, forward, output, postrouting or ingress:DEVICE. "
               "Empty: all packets that this machine receives or sends}\n";
    text +=
        "arg {number=2}{call=--snaplen}{display=Snapshot length}{type=unsigned}"
        "{range=0,65531}{default=65528}{tooltip=Bytes of each packet}\n"
        "arg {number=3}{call=--extcap-linktype}{display=Link type}{type=selector}"
        "{tooltip=The format of captured packets}\n"
        "value {arg=3}{value=nflog}{display=NFLOG: with all data from the kernel}{default=true}\n"
        "value {arg=3}{value=raw}{display=RAW: IP packets}{default=false}\n"
        "value {arg=3}{value=ethernet}{display=Ethernet frames}{default=false}\n";
    if (interface.netns.empty())
        text += "arg {number=4}{call=--netns}{display=Network namespace}{type=string}"
                "{tooltip=A name of 'ip netns', or a path. Empty: this one}\n";
    return text;
}

// Returns why the filter is invalid, or "" if it is valid. The text is the program's output:
// Wireshark treats any output as an error in the filter, and no output as a valid filter.
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
        return std::string("extcap {version=") + nflogcap_version() + "}{display=NFLOG}\n" +
               extcap_interfaces();
    const ExtcapInterface interface = extcap_interface(query.interface);
    switch (query.about) {
    case ExtcapQuery::About::link_types:
        return link_types();
    case ExtcapQuery::About::configuration:
        return configuration(interface);
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

void apply_extcap_interface(CaptureOptions& options, const std::string& name)
{
    const ExtcapInterface interface = extcap_interface(name);
    if (!interface.netns.empty()) {
        if (!options.netns.empty())
            throw Failure("--netns has no effect with the interface '" + name +
                              "', which belongs to a network namespace; leave it out",
                          wrong_usage);
        options.netns = path_of_netns(interface.netns);
    }
    if (interface.kind == Kind::tap) {
        if (!options.tap)
            options.tap = ""; // an empty match: all packets
    } else if (interface.kind == Kind::one_group) {
        if (!options.groups.empty())
            throw Failure("-g has no effect with the interface '" + name +
                              "', which belongs to a group; leave it out",
                          wrong_usage);
        options.groups = {interface.group};
    } else if (options.groups.empty()) {
        throw Failure("the interface '" + name +
                          "' needs the number of a group: give it in its options, or by 'tshark -i "
                          "nflogcap -o extcap.nflogcap.group:5'",
                      wrong_usage);
    }
}

} // namespace command
