// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "frames.hpp"

#include <string>
#include <vector>

namespace attributes {

// An AF_PACKET socket on a device of the thread's network namespace. It sends frames unchanged, and
// receives all frames that the device sends or receives.
class PacketSocket {
public:
    explicit PacketSocket(const std::string& device);
    ~PacketSocket();
    PacketSocket(const PacketSocket&) = delete;
    PacketSocket& operator=(const PacketSocket&) = delete;

    void send(const Bytes& frame) const;

    // Returns the frames received since the last call. The kernel passes a VLAN tag separately;
    // this function inserts it into the frame again.
    [[nodiscard]] std::vector<Bytes> frames() const;

private:
    int fd_;
};

} // namespace attributes
