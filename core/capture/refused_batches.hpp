// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "source.hpp"

#include <cstdint>

namespace nflog {

// The batches that a full socket dropped, according to its queue each time that it was looked at.
class RefusedBatches {
public:
    // The capture has a new socket, which has dropped no batches.
    void restart() noexcept
    {
        seen_ = 0;
        certain_ = total_;
        is_unsettled_ = false;
    }

    // The capture has adopted a socket. `seen` is the number of batches that it had dropped when
    // all losses were counted.
    void adopt(std::uint32_t seen) noexcept { seen_ = seen; }
    [[nodiscard]] std::uint32_t seen() const noexcept { return seen_; }

    void look_at(const SocketQueue& queue) noexcept
    {
        if (queue.refused != seen_) {
            total_ = total_by(queue);
            seen_ = queue.refused;
            is_unsettled_ = true;
        }
        if (queue.bytes == 0 && !queue.has_backlog) {
            certain_ = total_;
            is_unsettled_ = false;
        }
    }

    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    // The total after a look at this queue.
    [[nodiscard]] std::uint64_t total_by(const SocketQueue& queue) const noexcept
    {
        return total_ + (queue.refused - seen_);
    }

    // Batches dropped before the queue was last seen empty: each batch read after that was queued
    // after they were dropped.
    [[nodiscard]] std::uint64_t certain() const noexcept { return certain_; }

    // Whether another look after the next batch can make more of them certain.
    [[nodiscard]] bool is_unsettled() const noexcept { return is_unsettled_; }

private:
    std::uint32_t seen_ = 0; // the socket's counter, which wraps
    std::uint64_t total_ = 0;
    std::uint64_t certain_ = 0;
    bool is_unsettled_ = false;
};

} // namespace nflog
