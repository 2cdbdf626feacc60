// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace nflog {

// Walks the messages of one batch, forward and once. A batch holds the packets of one group and,
// if there is more than one, a closing NLMSG_DONE. Where the kernel ran out of room in the middle
// of a packet it leaves a fragment behind: the cursor finds the next packet after it.
class MessageCursor {
public:
    MessageCursor() = default;
    explicit MessageCursor(std::span<const std::byte> batch) noexcept;

    // A packet's message without its netlink header: struct nfgenmsg, then attributes. Empty when
    // the batch is at its end.
    std::span<const std::byte> next() noexcept;

    // Whether next() has another packet to give.
    [[nodiscard]] bool more() const noexcept { return packet_ != nullptr; }

    // The group of that packet, and so of the batch.
    [[nodiscard]] std::uint16_t group() const noexcept;

    // Fragments passed over since the last call.
    std::uint32_t take_fragments() noexcept;

private:
    void seek(const std::byte* from) noexcept;
    const std::byte* resynchronise(const std::byte* from) const noexcept;

    const std::byte* packet_ = nullptr; // header of the packet that next() gives
    const std::byte* end_ = nullptr;
    std::uint32_t fragments_ = 0;
};

} // namespace nflog
