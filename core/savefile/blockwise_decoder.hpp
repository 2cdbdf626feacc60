// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "decoder.hpp"

#include <cstddef>
#include <span>

namespace nflog {

// Decodes frames of blocks with a library that, when a call fails, discards what this call decoded
// before. Each call gets at most one block, so that no complete block is lost.
class BlockwiseDecoder : public Decoder {
public:
    // `block_header_bytes`: bytes of the next block that the library's hint includes.
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
    // One call of the library. If it fails, it calls fail().
    virtual Step step(std::span<const char> in, std::span<char> out) noexcept = 0;

private:
    [[nodiscard]] std::size_t wanted() const noexcept;

    std::size_t block_header_bytes_;
    std::size_t hint_ = 0;
    bool may_hold_output_ = false;
};

} // namespace nflog
