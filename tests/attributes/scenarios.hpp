// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "frames.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attributes {

// The kind of packet, and its way: from host A to the middle, from host A to host B, from a socket
// in the middle to host B, or an ARP request from host A to the middle, which replies.
enum class Traffic { a_to_middle, a_to_b, middle_to_b, arp };

// A rule that logs one packet, and the attributes that the packet must have. scenario_test.cpp adds
// the attributes that every packet has, and those that follow from other members.
struct Scenario {
    std::string family = {}; // family of the nft table
    std::string hook = {};   // hook of the chain
    std::string device = {}; // device of the chain
    support::Topology::Form form = support::Topology::Form::routed;
    Traffic traffic = Traffic::a_to_b;
    support::Family version = support::Family::ipv4;
    std::optional<VlanTag> tag = {};
    bool bridge_calls_ip = false; // bridged packets also pass the hooks of ip and ip6

    std::uint8_t logged_family = 0;
    std::uint8_t logged_hook = 0;
    std::string indev = {}; // empty: absent
    std::string outdev = {};
    std::string physindev = {};
    std::string physoutdev = {};
    bool timestamp = false;
    bool owner = false;    // uid and gid
    bool hardware = false; // hw_type, hw_header and hw_address
    bool l2_header = false;
    bool ethernet = false; // the payload is a frame
    std::string frame_at =
        {}; // the device on which the frame on the wire equals the rebuilt frame; empty: none
};

// Returns whether the packet has a link-layer header in an attribute, before its payload.
bool has_header_before(const Scenario& scenario);

// Returns the description of the packet in a row of the table.
std::string packet_words(const Scenario& scenario);
std::string words(const Scenario& scenario);

const std::vector<Scenario>& scenarios();

// Returns the scenario with this title. Throws if it does not exist.
const Scenario& scenario_called(const std::string& wanted);

} // namespace attributes
