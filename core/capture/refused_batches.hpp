// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "source.hpp"

#include <cstdint>

namespace nflog {

// The batches that a full socket refused, from what its queue tells when it is looked at.
class RefusedBatches {
public:
    // The capture has a new socket, which has refused none.
    void restart() noexcept
    {
        seen_ = 0;
        certain_ = total_;
        unsettled_ = false;
    }

    void look_at(const SocketQueue& queue) noexcept
    {
        if (queue.refused != seen_) {
            total_ += queue.refused - seen_;
            seen_ = queue.refused;
            unsettled_ = true;
        }
        if (queue.bytes == 0) {
            certain_ = total_;
            unsettled_ = false;
        }
    }

    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

    // How many were refused before the queue was seen empty: each batch that is read after that was
    // queued after them.
    [[nodiscard]] std::uint64_t certain() const noexcept { return certain_; }

    // Whether another look, with the next batch, can make more of them certain.
    [[nodiscard]] bool unsettled() const noexcept { return unsettled_; }

private:
    std::uint32_t seen_ = 0; // the socket's counter, which wraps
    std::uint64_t total_ = 0;
    std::uint64_t certain_ = 0;
    bool unsettled_ = false;
};

} // namespace nflog
