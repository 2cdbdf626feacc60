// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet_socket.hpp"
#include "topology.hpp"
#include "traffic.hpp"

#include <memory>
#include <vector>

namespace live {

// Two hosts with a router or a bridge between them. Packets are sent from host A, and forwarded
// packets are read at host B.
class Wire {
public:
    explicit Wire(support::Topology::Form form);

    // Sends packets (from layer 3 on), and returns the packets that arrive, in their order of
    // arrival.
    std::vector<Bytes> carry(const std::vector<Bytes>& packets) const;

    [[nodiscard]] const support::Place& middle() const { return topology_.middle; }

private:
    support::Topology topology_;
    support::Mac next_; // the destination of host A's frames
    std::unique_ptr<attributes::PacketSocket> in_;
    std::unique_ptr<attributes::PacketSocket> out_;
};

} // namespace live
