// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "frames.hpp"

#include <string>
#include <vector>

namespace attributes {

// An AF_PACKET socket on a device of the thread's network namespace: sends frames unchanged, and
// receives those that pass there in either direction.
class PacketSocket {
public:
    explicit PacketSocket(const std::string& device);
    ~PacketSocket();
    PacketSocket(const PacketSocket&) = delete;
    PacketSocket& operator=(const PacketSocket&) = delete;

    void send(const Bytes& frame) const;

    // The frames received since the last call. A VLAN tag is put back into the frame: the kernel
    // passes it to the socket separately.
    [[nodiscard]] std::vector<Bytes> frames() const;

private:
    int fd_;
};

} // namespace attributes
