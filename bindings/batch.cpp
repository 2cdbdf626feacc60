// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace binding {

Batch* Batch::of(std::span<const nflogcap_packet* const> packets, Interfaces& interfaces) noexcept
{
    static_assert(sizeof(Batch) % alignof(Packet) == 0);
    std::size_t bytes = sizeof(Batch) + packets.size() * sizeof(Packet);
    for (const nflogcap_packet* packet : packets)
        bytes += packet->message_length;
    auto* memory = static_cast<std::uint8_t*>(std::malloc(bytes));
    if (memory == nullptr)
        return nullptr;
    auto* copies = reinterpret_cast<Packet*>(memory + sizeof(Batch));
    std::uint8_t* message = memory + sizeof(Batch) + packets.size() * sizeof(Packet);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        std::memcpy(message, packets[i]->message, packets[i]->message_length);
        // Without an initializer, since most are never dissected.
        auto* copied = new (&copies[i]) Packet;
        rebase(copied->view, *packets[i], message);
        copied->interfaces = &interfaces;
        message += packets[i]->message_length;
    }
    return new (memory) Batch(interfaces, copies, packets.size(), bytes);
}

void Batch::release(Batch* batch) noexcept
{
    batch->interfaces_->release();
    std::free(batch);
}

} // namespace binding
