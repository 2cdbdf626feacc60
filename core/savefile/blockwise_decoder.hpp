// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "decoder.hpp"

#include <cstddef>
#include <span>

namespace nflog {

// Decodes frames that consist of blocks. It is for a library that discards all output of a failed
// call. Each call gets at most one block, so that no complete block is lost.
class BlockwiseDecoder : public Decoder {
public:
    // `block_header_bytes`: the part of the library's hint that belongs to the next block.
    explicit BlockwiseDecoder(std::size_t block_header_bytes) noexcept
        : block_header_bytes_(block_header_bytes)
    {
    }

    Progress decode(std::span<const char> in, std::span<char> out) noexcept final;

protected:
    struct Step {
        Progress progress;
        std::size_t hint; // bytes that the library expects next; 0 at the end of a frame
    };
    // Calls the library once. If the library fails, calls fail().
    virtual Step step(std::span<const char> in, std::span<char> out) noexcept = 0;

private:
    [[nodiscard]] std::size_t wanted() const noexcept;

    std::size_t block_header_bytes_;
    std::size_t hint_ = 0;
    bool may_hold_output_ = false;
};

} // namespace nflog
