// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "source.hpp"

#include <cstdint>

namespace nflog {

// The batches that a full socket dropped. They are counted each time that look_at() sees the
// socket's queue.
class RefusedBatches {
public:
    // Called when the capture has a new socket, which has dropped no batches.
    void restart() noexcept
    {
        seen_ = 0;
        certain_ = total_;
        is_unsettled_ = false;
    }

    // Called when the capture has adopted a socket. `seen`: the number of batches that the socket
    // had dropped when all losses were last counted.
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
    // The value that total() would have after look_at(queue).
    [[nodiscard]] std::uint64_t total_by(const SocketQueue& queue) const noexcept
    {
        return total_ + (queue.refused - seen_);
    }

    // The number of batches that were dropped before the queue was last seen empty. All batches
    // read since then were queued after these batches were dropped.
    [[nodiscard]] std::uint64_t certain() const noexcept { return certain_; }

    // Whether total() is greater than certain(). Then look_at() should be called after the next
    // batch.
    [[nodiscard]] bool is_unsettled() const noexcept { return is_unsettled_; }

private:
    std::uint32_t seen_ = 0; // the socket's counter, which wraps around
    std::uint64_t total_ = 0;
    std::uint64_t certain_ = 0;
    bool is_unsettled_ = false;
};

} // namespace nflog
