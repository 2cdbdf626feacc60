// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "scenarios.hpp"

#include <memory>
#include <nflogcap.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace attributes {

constexpr std::uint32_t mark = 0x12345678;
constexpr const char* prefix = "attributes: ";

// Thrown if this kernel, or a tool that adds the rule, lacks a feature that a scenario needs.
struct NotOnThisKernel : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    std::uint32_t snaplen = 65531;
    std::string log = {};   // options of the rule's log statement, such as "snaplen 64"
    Bytes packet = {};      // host A sends this IP packet instead of its UDP packet
    Bytes padding = {};     // bytes that host A sends after the packet in the same frame
    VlanTag inner_tag = {}; // if it has a protocol, this tag follows the scenario's tag
    bool conntrack = false; // request conntrack entries if this kernel has them
    std::string filter = {};
};

// Runs a scenario once: creates its network, rule and capture, sends the packet, and receives it.
class LoggedPacket {
public:
    explicit LoggedPacket(const Scenario& scenario, const Options& options = {});

    [[nodiscard]] const nflogcap_packet& operator*() const { return *packet_; }
    const nflogcap_packet* operator->() const { return packet_.get(); }

    [[nodiscard]] Bytes payload() const;
    [[nodiscard]] Bytes frame() const; // as rebuilt by nflogcap_packet_frame()

    // Returns the number of other packets that the rule logged.
    [[nodiscard]] std::uint64_t others() const { return others_; }

    // Returns the frame that host A sent; empty if the middle sent the packet.
    [[nodiscard]] const Bytes& sent() const { return sent_; }
    // Returns the frames to the destination of the logged packet that an AF_PACKET socket received
    // on the device `frame_at`.
    [[nodiscard]] const std::vector<Bytes>& seen() const { return seen_; }
    // Return the owner of the socket that sent the packet.
    [[nodiscard]] std::uint32_t uid() const { return uid_; }
    [[nodiscard]] std::uint32_t gid() const { return gid_; }
    // Return the times before sending and after receiving, in nanoseconds since the epoch.
    [[nodiscard]] std::uint64_t before() const { return before_; }
    [[nodiscard]] std::uint64_t after() const { return after_; }
    // Returns the index of a device of the middle; 0 for an empty name.
    [[nodiscard]] std::uint32_t index(const std::string& device) const;
    [[nodiscard]] bool conntrack() const { return conntrack_; }

private:
    struct Free {
        void operator()(nflogcap_packet* packet) const noexcept { nflogcap_packet_free(packet); }
    };

    void send(const Scenario& scenario, const Options& options);

    support::Topology topology_;
    std::unique_ptr<nflogcap_packet, Free> packet_;
    std::uint64_t others_ = 0;
    Bytes sent_;
    std::vector<Bytes> seen_;
    std::uint32_t uid_ = 0;
    std::uint32_t gid_ = 0;
    std::uint64_t before_ = 0;
    std::uint64_t after_ = 0;
    bool conntrack_ = false;
};

// Returns the UDP data of all packets.
const Bytes& data();

} // namespace attributes
