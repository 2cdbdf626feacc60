// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interfaces.hpp"
#include "packet.hpp"

#include <cstddef>
#include <nflogcap.h>
#include <span>

namespace binding {

// The packets of one batch of the kernel, in one allocation: this object comes first, then the
// packets, then their messages. If a packet must outlive the batch, it is copied.
class Batch {
public:
    // Returns NULL if there is no memory.
    static Batch* of(std::span<const nflogcap_packet* const> packets,
                     Interfaces& interfaces) noexcept;
    static void release(Batch* batch) noexcept;

    [[nodiscard]] std::span<Packet> packets() noexcept { return {packets_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return capacity_; } // size of its memory

private:
    Batch(Interfaces& interfaces, Packet* packets, std::size_t size, std::size_t capacity) noexcept
        : interfaces_(interfaces.share()), packets_(packets), size_(size), capacity_(capacity)
    {
    }

    Interfaces* interfaces_;
    Packet* packets_;
    std::size_t size_;
    std::size_t capacity_; // bytes of the allocation
};

} // namespace binding
