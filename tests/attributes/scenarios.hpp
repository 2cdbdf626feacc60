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

// What a packet is and where it goes: from host A to the middle or on to host B, from a socket in
// the middle to host B, or an ARP request of host A to the middle, which replies.
enum class Traffic { a_to_middle, a_to_b, middle_to_b, arp };

// A rule that logs one packet, and the attributes that the packet must have. Attributes that every
// packet has, and those that follow from others, are in scenario_test.cpp.
struct Scenario {
    std::string family = {}; // of the nft table
    std::string hook = {};   // of its chain
    std::string device = {}; // of its chain
    support::Topology::Form form = support::Topology::Form::routed;
    Traffic traffic = Traffic::a_to_b;
    support::Family version = support::Family::ipv4;
    std::optional<VlanTag> tag = {};
    bool bridge_calls_ip = false; // bridged packets pass the hooks of ip and ip6 too

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
        {}; // the device on which the rebuilt frame passes unchanged; empty: none
};

// Whether a link-layer header before the payload comes with the packet.
bool has_header_before(const Scenario& scenario);

// As a row of a table names the packet.
std::string packet_words(const Scenario& scenario);
std::string words(const Scenario& scenario);

const std::vector<Scenario>& scenarios();

// The scenario with this title; throws if it does not exist.
const Scenario& scenario_called(const std::string& wanted);

} // namespace attributes
