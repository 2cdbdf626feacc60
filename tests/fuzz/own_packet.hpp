// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <nflogcap.h>

namespace fuzz {

// A copy of a packet. Its headers, prefix, conntrack entry and payload (which can be cut) are in
// separate heap blocks of exactly their size, so that the address sanitizer detects a read beyond
// any of them.
class OwnPacket {
public:
    OwnPacket(const nflogcap_packet& packet, std::size_t payload_length) : view_(packet)
    {
        view_.payload_length = static_cast<std::uint32_t>(payload_length);
        own(view_.payload, payload_, payload_length);
        own(view_.l2_header, l2_header_, packet.l2_header_length);
        own(view_.hw_header, hw_header_, packet.hw_header_length);
        own(view_.ct, ct_, packet.ct_length);
        if (packet.prefix != nullptr) {
            const auto* prefix = reinterpret_cast<const std::uint8_t*>(packet.prefix);
            own(prefix, prefix_, std::strlen(packet.prefix) + 1);
            view_.prefix = reinterpret_cast<const char*>(prefix);
        }
    }

    [[nodiscard]] const nflogcap_packet& view() const { return view_; }

private:
    using Block = std::unique_ptr<std::uint8_t[]>;

    static void own(const std::uint8_t*& bytes, Block& block, std::size_t length)
    {
        if (bytes == nullptr)
            return;
        block.reset(new std::uint8_t[length]);
        std::copy_n(bytes, length, block.get());
        bytes = block.get();
    }

    nflogcap_packet view_;
    Block payload_;
    Block l2_header_;
    Block hw_header_;
    Block ct_;
    Block prefix_;
};

} // namespace fuzz
