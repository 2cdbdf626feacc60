// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenarios.hpp"

#include <algorithm>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <stdexcept>

namespace attributes {

namespace {

using Table = std::vector<Scenario>;
using support::Family;
using Form = support::Topology::Form;

// Constants that older kernel headers lack.
constexpr std::uint8_t inet_ingress = 5;
constexpr std::uint8_t netdev_ingress = 0;
constexpr std::uint8_t netdev_egress = 1;
constexpr std::uint8_t arp_input = 0;
constexpr std::uint8_t arp_output = 1;

constexpr VlanTag vlan_5 = {ETH_P_8021Q, 0x6005}; // with priority 3
constexpr VlanTag service_vlan_9 = {ETH_P_8021AD, 0x0009};

void append(Table& table, const Table& rows)
{
    table.insert(table.end(), rows.begin(), rows.end());
}

// Returns the rows of the hooks that the families ip, ip6 and inet have in common.
Table routed_rows()
{
    return {
        {.hook = "prerouting",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_PRE_ROUTING,
         .indev = "ra",
         .timestamp = true,
         .hardware = true,
         .frame_at = "ra"},
        {.hook = "input",
         .traffic = Traffic::a_to_middle,
         .logged_hook = NF_INET_LOCAL_IN,
         .indev = "ra",
         .timestamp = true,
         .hardware = true,
         .frame_at = "ra"},
        {.hook = "forward",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_FORWARD,
         .indev = "ra",
         .outdev = "rb",
         .timestamp = true,
         .hardware = true},
        {.hook = "output",
         .traffic = Traffic::middle_to_b,
         .logged_hook = NF_INET_LOCAL_OUT,
         .outdev = "rb",
         .owner = true},
        {.hook = "postrouting",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_POST_ROUTING,
         .indev = "ra",
         .outdev = "rb",
         .hardware = true},
        {.hook = "postrouting",
         .traffic = Traffic::middle_to_b,
         .logged_hook = NF_INET_POST_ROUTING,
         .outdev = "rb",
         .owner = true},
    };
}

// Returns the rows of ip, ip6 and inet rules for packets that a bridge forwards, delivers locally
// and sends.
Table bridged_rows()
{
    Table rows = {
        {.hook = "prerouting",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_PRE_ROUTING,
         .indev = "br0",
         .physindev = "ra",
         .timestamp = true,
         .hardware = true,
         .frame_at = "ra"},
        {.hook = "input",
         .traffic = Traffic::a_to_middle,
         .logged_hook = NF_INET_LOCAL_IN,
         .indev = "br0",
         .physindev = "ra",
         .timestamp = true,
         .hardware = true,
         .frame_at = "ra"},
        {.hook = "forward",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_FORWARD,
         .indev = "br0",
         .outdev = "br0",
         .physindev = "ra",
         .physoutdev = "rb",
         .timestamp = true,
         .hardware = true,
         .frame_at = "ra"},
        {.hook = "output",
         .traffic = Traffic::middle_to_b,
         .logged_hook = NF_INET_LOCAL_OUT,
         .outdev = "br0",
         .owner = true},
        {.hook = "postrouting",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_POST_ROUTING,
         .outdev = "br0",
         .physoutdev = "rb"},
        {.hook = "postrouting",
         .traffic = Traffic::middle_to_b,
         .logged_hook = NF_INET_POST_ROUTING,
         .outdev = "br0",
         .owner = true},
    };
    for (Scenario& row : rows) {
        row.form = Form::bridged;
        row.bridge_calls_ip = true;
    }
    return rows;
}

Scenario inet_ingress_row()
{
    return {.hook = "ingress",
            .device = "ra",
            .traffic = Traffic::a_to_b,
            .logged_hook = inet_ingress,
            .indev = "ra",
            .owner = true,
            .hardware = true,
            .frame_at = "ra"};
}

Table internet_rows()
{
    Table table;
    const auto add = [&](const std::string& family, Family version, Table rows) {
        for (Scenario& row : rows) {
            row.family = family;
            row.version = version;
            row.logged_family = version == Family::ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
        }
        append(table, rows);
    };
    add("ip", Family::ipv4, routed_rows());
    add("ip", Family::ipv4, bridged_rows());
    add("ip6", Family::ipv6, routed_rows());
    add("ip6", Family::ipv6, bridged_rows());
    for (const Family version : {Family::ipv4, Family::ipv6}) {
        add("inet", version, {inet_ingress_row()});
        add("inet", version, routed_rows());
    }
    return table;
}

// Returns the rows of packets that host A sends to a port of the bridge.
Table rows_from_a()
{
    return {
        {.hook = "prerouting",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_PRE_ROUTING,
         .indev = "br0",
         .physindev = "ra",
         .timestamp = true,
         .owner = true,
         .hardware = true},
        {.hook = "input",
         .traffic = Traffic::a_to_middle,
         .logged_hook = NF_INET_LOCAL_IN,
         .indev = "br0",
         .physindev = "ra",
         .timestamp = true,
         .owner = true,
         .hardware = true},
        {.hook = "forward",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_FORWARD,
         .indev = "br0",
         .outdev = "br0",
         .physindev = "ra",
         .physoutdev = "rb",
         .timestamp = true,
         .owner = true,
         .hardware = true},
        {.hook = "postrouting",
         .traffic = Traffic::a_to_b,
         .logged_hook = NF_INET_POST_ROUTING,
         .outdev = "br0",
         .physoutdev = "rb",
         .owner = true},
    };
}

Table bridge_rows()
{
    Table rows;
    for (const auto& tag : {std::optional<VlanTag>(), {vlan_5}, {service_vlan_9}}) {
        for (Scenario row : rows_from_a()) {
            row.tag = tag;
            row.frame_at = row.physoutdev.empty() ? "ra" : "rb";
            rows.push_back(row);
        }
    }
    append(rows, {{.hook = "output",
                   .traffic = Traffic::middle_to_b,
                   .logged_hook = NF_INET_LOCAL_OUT,
                   .outdev = "br0",
                   .physoutdev = "rb",
                   .owner = true,
                   .frame_at = "rb"},
                  {.hook = "postrouting",
                   .traffic = Traffic::middle_to_b,
                   .logged_hook = NF_INET_POST_ROUTING,
                   .outdev = "br0",
                   .physoutdev = "rb",
                   .owner = true,
                   .frame_at = "rb"}});
    for (Scenario& row : rows) {
        row.family = "bridge";
        row.form = Form::bridged;
        row.logged_family = NFPROTO_BRIDGE;
        row.l2_header = true;
    }
    return rows;
}

Table arp_rows()
{
    return {
        {.family = "arp",
         .hook = "input",
         .traffic = Traffic::arp,
         .logged_family = NFPROTO_ARP,
         .logged_hook = arp_input,
         .indev = "ra",
         .timestamp = true,
         .owner = true,
         .hardware = true,
         .frame_at = "ra"},
        {.family = "arp",
         .hook = "output",
         .traffic = Traffic::arp,
         .logged_family = NFPROTO_ARP,
         .logged_hook = arp_output,
         .outdev = "ra",
         .timestamp = true,
         .ethernet = true,
         .frame_at = "ra"},
    };
}

Table netdev_rows()
{
    Table rows;
    const Scenario ingress = {.hook = "ingress",
                              .device = "ra",
                              .traffic = Traffic::a_to_b,
                              .logged_hook = netdev_ingress,
                              .indev = "ra",
                              .timestamp = true,
                              .owner = true,
                              .hardware = true};
    const Scenario egress = {.hook = "egress",
                             .device = "rb",
                             .traffic = Traffic::a_to_b,
                             .logged_hook = netdev_egress,
                             .outdev = "rb",
                             .timestamp = true,
                             .ethernet = true};
    for (const auto& tag : {std::optional<VlanTag>(), {vlan_5}, {service_vlan_9}}) {
        for (Scenario row : {ingress, egress}) {
            row.tag = tag;
            // The router of this topology has no VLAN devices for the tags.
            row.form = tag ? Form::bridged : Form::routed;
            row.owner = row.owner || tag;
            rows.push_back(row);
        }
    }
    rows.push_back(egress);
    rows.back().traffic = Traffic::middle_to_b;
    rows.back().owner = true;
    for (Scenario& row : rows) {
        row.family = "netdev";
        row.logged_family = NFPROTO_NETDEV;
        row.l2_header = true;
        row.frame_at = row.device;
    }
    return rows;
}

Table all_rows()
{
    Table table = internet_rows();
    append(table, bridge_rows());
    append(table, arp_rows());
    append(table, netdev_rows());
    return table;
}

std::string traffic_words(const Scenario& scenario)
{
    const std::string ip = scenario.version == Family::ipv4 ? "IPv4" : "IPv6";
    switch (scenario.traffic) {
    case Traffic::a_to_middle:
        return ip + " A to middle";
    case Traffic::a_to_b:
        return ip + " A to B";
    case Traffic::middle_to_b:
        return ip + " middle to B";
    case Traffic::arp:
        return scenario.hook == "input" ? "request of A" : "reply of middle";
    }
    return "";
}

} // namespace

bool has_header_before(const Scenario& scenario)
{
    const bool is_routed =
        scenario.logged_family == NFPROTO_IPV4 || scenario.logged_family == NFPROTO_IPV6;
    return scenario.l2_header ||
           (scenario.hardware && !(is_routed && scenario.logged_hook == NF_INET_POST_ROUTING));
}

std::string packet_words(const Scenario& scenario)
{
    std::string words = traffic_words(scenario);
    words += scenario.form == Form::bridged ? ", bridged" : "";
    if (scenario.tag)
        words += scenario.tag->protocol == ETH_P_8021Q ? ", 802.1Q" : ", 802.1ad";
    return words;
}

std::string words(const Scenario& scenario)
{
    return scenario.family + " " + scenario.hook + ": " + packet_words(scenario);
}

const std::vector<Scenario>& scenarios()
{
    static const Table table = all_rows();
    return table;
}

const Scenario& scenario_called(const std::string& wanted)
{
    const auto found = std::ranges::find(scenarios(), wanted, words);
    if (found == scenarios().end())
        throw std::logic_error("no scenario is called " + wanted);
    return *found;
}

} // namespace attributes
