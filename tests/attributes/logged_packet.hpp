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

// What a scenario needs, and this kernel (or what else it takes to make the rule) has not.
struct NotOnThisKernel : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    std::uint32_t snaplen = 65531;
    std::string log = {};   // of the rule: "snaplen 64"
    Bytes packet = {};      // what host A sends from layer 3 on, instead of its UDP packet
    Bytes padding = {};     // behind it
    VlanTag inner_tag = {}; // with a protocol: comes after the tag of the scenario
    bool conntrack = false; // asked for where this kernel has it
    std::string filter = {};
};

// Plays a scenario once: makes its network, rule and capture, sends the packet, receives it.
class LoggedPacket {
public:
    explicit LoggedPacket(const Scenario& scenario, const Options& options = {});

    [[nodiscard]] const nflogcap_packet& operator*() const { return *packet_; }
    const nflogcap_packet* operator->() const { return packet_.get(); }

    [[nodiscard]] Bytes payload() const;
    [[nodiscard]] Bytes frame() const; // that nflogcap_packet_frame rebuilds

    // How many packets the rule logged besides.
    [[nodiscard]] std::uint64_t others() const { return others_; }

    // The frame that host A sent; empty where the middle sent the packet.
    [[nodiscard]] const Bytes& sent() const { return sent_; }
    // The frames that an AF_PACKET socket saw on frame_at, to the destination of the logged one.
    [[nodiscard]] const std::vector<Bytes>& seen() const { return seen_; }
    // Of the socket that sent the packet.
    [[nodiscard]] std::uint32_t uid() const { return uid_; }
    [[nodiscard]] std::uint32_t gid() const { return gid_; }
    // Nanoseconds since the epoch, before it was sent and after it was received.
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

// The UDP data that all traffic carries.
const Bytes& data();

} // namespace attributes
