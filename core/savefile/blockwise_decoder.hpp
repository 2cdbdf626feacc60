// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "decoder.hpp"

#include <cstddef>
#include <span>

namespace nflog {

// Decodes frames of blocks with a library that discards what it decoded before in a call that
// fails. So that nothing whole is lost, each call gets one block at most.
class BlockwiseDecoder : public Decoder {
public:
    // `block_header_bytes`: how much of the next block the library's hint includes.
    explicit BlockwiseDecoder(std::size_t block_header_bytes) noexcept
        : block_header_bytes_(block_header_bytes)
    {
    }

    Progress decode(std::span<const char> in, std::span<char> out) noexcept final;

protected:
    struct Step {
        Progress progress;
        std::size_t hint; // how many bytes the library expects next; 0 at the end of a frame
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
