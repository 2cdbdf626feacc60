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

// Something that a scenario needs, but that this kernel (or a tool that makes the rule) lacks.
struct NotOnThisKernel : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    std::uint32_t snaplen = 65531;
    std::string log = {};   // of the rule: "snaplen 64"
    Bytes packet = {};      // sent by host A from layer 3 on, instead of its UDP packet
    Bytes padding = {};     // after the packet
    VlanTag inner_tag = {}; // with a protocol: comes after the tag of the scenario
    bool conntrack = false; // requested if this kernel has it
    std::string filter = {};
};

// Runs a scenario once: creates its network, rule and capture, sends the packet, and receives it.
class LoggedPacket {
public:
    explicit LoggedPacket(const Scenario& scenario, const Options& options = {});

    [[nodiscard]] const nflogcap_packet& operator*() const { return *packet_; }
    const nflogcap_packet* operator->() const { return packet_.get(); }

    [[nodiscard]] Bytes payload() const;
    [[nodiscard]] Bytes frame() const; // that nflogcap_packet_frame rebuilds

    // The number of other packets that the rule logged.
    [[nodiscard]] std::uint64_t others() const { return others_; }

    // The frame that host A sent; empty if the middle sent the packet.
    [[nodiscard]] const Bytes& sent() const { return sent_; }
    // The frames that an AF_PACKET socket saw on frame_at, to the destination of the logged one.
    [[nodiscard]] const std::vector<Bytes>& seen() const { return seen_; }
    // Of the socket that sent the packet.
    [[nodiscard]] std::uint32_t uid() const { return uid_; }
    [[nodiscard]] std::uint32_t gid() const { return gid_; }
    // Nanoseconds since the epoch, before sending and after receiving.
    [[nodiscard]] std::uint64_t before() const { return before_; }
    [[nodiscard]] std::uint64_t after() const { return after_; }
    // The index of a device of the middle; 0 for an empty name.
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

// The UDP data in all traffic.
const Bytes& data();

} // namespace attributes
