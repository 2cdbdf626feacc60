// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace binding {

namespace {

// The memory of the last released batch, kept for the next one. If it were freed, glibc's malloc()
// would become slower for the small blocks that a language allocates for packets.
std::atomic<Batch*> spare;

} // namespace

Batch* Batch::of(std::span<const nflogcap_packet* const> packets, Interfaces& interfaces) noexcept
{
    static_assert(sizeof(Batch) % alignof(Packet) == 0);
    std::size_t bytes = sizeof(Batch) + packets.size() * sizeof(Packet);
    for (const nflogcap_packet* packet : packets)
        bytes += packet->message_length;
    Batch* const last = spare.exchange(nullptr);
    const bool is_large_enough = last != nullptr && last->capacity_ >= bytes;
    const std::size_t capacity = is_large_enough ? last->capacity_ : bytes;
    if (!is_large_enough)
        std::free(last);
    auto* memory = is_large_enough ? reinterpret_cast<std::uint8_t*>(last)
                                   : static_cast<std::uint8_t*>(std::malloc(bytes));
    if (memory == nullptr)
        return nullptr;
    auto* copies = reinterpret_cast<Packet*>(memory + sizeof(Batch));
    std::uint8_t* message = memory + sizeof(Batch) + packets.size() * sizeof(Packet);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        std::memcpy(message, packets[i]->message, packets[i]->message_length);
        // This leaves the dissection uninitialized, because few packets are ever dissected.
        auto* copied = new (&copies[i]) Packet;
        rebase(copied->view, *packets[i], message);
        copied->interfaces = &interfaces;
        message += packets[i]->message_length;
    }
    return new (memory) Batch(interfaces, copies, packets.size(), capacity);
}

void Batch::release(Batch* batch) noexcept
{
    batch->interfaces_->release();
    std::free(spare.exchange(batch));
}

} // namespace binding
