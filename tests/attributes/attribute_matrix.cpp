// SPDX-License-Identifier: GPL-2.0-or-later
// Prints the table of docs/attributes.md: the attributes with which this kernel logs a packet, by
// family, hook and packet.
#include "logged_packet.hpp"
#include "network.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <linux/netfilter.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

using attributes::Bytes;
using attributes::LoggedPacket;
using attributes::Scenario;

namespace {

// Returns each bit of `present`, with the names of the fields that share it.
std::vector<std::pair<std::string, std::uint64_t>> columns_of_fields()
{
    std::vector<std::pair<std::string, std::uint64_t>> columns = {
        // No field has this bit, because timestamp_ns is always valid.
        {"timestamp", NFLOGCAP_HAS_TIMESTAMP}};
    for (std::size_t i = 0; const nflogcap_field* field = nflogcap_field_at(i); ++i) {
        if (field->is_dissected != 0 || field->present == 0)
            continue;
        auto& [names, bit] = columns.back();
        if (bit == field->present)
            names += std::string(", ") + field->name;
        else
            columns.emplace_back(field->name, field->present);
    }
    return columns;
}

const auto attribute_columns = columns_of_fields();

constexpr const char* not_here = "n/a";

std::string cell(const nflogcap_packet& packet, std::uint64_t bit)
{
    return (packet.present & bit) != 0 ? "yes" : "-";
}

std::string payload_start(const LoggedPacket& packet)
{
    // The addresses of all devices begin with the same bytes, and no IP or ARP header begins with
    // these.
    const Bytes vendor(support::Topology::a0.begin(), support::Topology::a0.end() - 1);
    const bool ethernet = attributes::first(packet.payload(), vendor.size()) == vendor;
    return ethernet ? "Ethernet" : "layer 3";
}

std::string logged_as(const nflogcap_packet& packet)
{
    const std::map<int, std::string> families = {{NFPROTO_IPV4, "ip"},
                                                 {NFPROTO_IPV6, "ip6"},
                                                 {NFPROTO_BRIDGE, "bridge"},
                                                 {NFPROTO_ARP, "arp"},
                                                 {NFPROTO_NETDEV, "netdev"}};
    return families.at(packet.family) + " " + std::to_string(packet.hook);
}

// Returns the cells of a scenario's row, without the columns that describe the scenario.
std::vector<std::string> measured(const Scenario& scenario)
{
    const LoggedPacket packet(scenario, {.conntrack = true});
    std::vector<std::string> cells = {logged_as(*packet)};
    for (const auto& [name, bit] : attribute_columns) {
        const bool of_conntrack = bit == NFLOGCAP_HAS_CT || bit == NFLOGCAP_HAS_CT_INFO;
        cells.push_back(of_conntrack && !packet.conntrack() ? not_here : cell(*packet, bit));
    }
    cells.push_back(payload_start(packet));
    return cells;
}

std::vector<std::string> row(const Scenario& scenario)
{
    std::vector<std::string> cells = {scenario.family, scenario.hook, packet_words(scenario)};
    try {
        for (std::string& cell : measured(scenario))
            cells.push_back(std::move(cell));
    } catch (const attributes::NotOnThisKernel& lack) {
        std::fprintf(stderr, "%s: not on this kernel: %s\n", words(scenario).c_str(), lack.what());
        cells.resize(cells.size() + attribute_columns.size() + 2, not_here);
    }
    return cells;
}

void print(const std::vector<std::string>& cells)
{
    std::string line = "|";
    for (const std::string& cell : cells)
        line += " " + cell + " |";
    std::puts(line.c_str());
}

void print_table()
{
    std::vector<std::string> head = {"family", "hook", "packet", "logged as"};
    for (const auto& [name, bit] : attribute_columns)
        head.push_back(name);
    head.emplace_back("payload from");
    print(head);
    print(std::vector<std::string>(head.size(), "---"));
    for (const Scenario& scenario : attributes::scenarios())
        print(row(scenario));
}

} // namespace

int main()
{
    support::require_live();
    try {
        print_table();
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "attribute_matrix: %s\n", failure.what());
        return 1;
    }
}
