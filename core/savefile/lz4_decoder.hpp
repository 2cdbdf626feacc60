// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "blockwise_decoder.hpp"

#include <lz4frame.h>
#include <memory>

namespace nflog {

// Decodes lz4 frames. Skips skippable frames.
class Lz4Decoder final : public BlockwiseDecoder {
public:
    // `failure`: what fails without liblz4. Throws Error if liblz4 cannot be loaded.
    explicit Lz4Decoder(const std::string& failure);

private:
    struct Functions {
        decltype(&::LZ4F_createDecompressionContext) create;
        decltype(&::LZ4F_freeDecompressionContext) free;
        decltype(&::LZ4F_decompress) decompress;
        decltype(&::LZ4F_isError) is_error;
        decltype(&::LZ4F_getErrorName) error_name;
    };
    static Functions load(const std::string& failure);
    Step step(std::span<const char> in, std::span<char> out) noexcept override;

    Functions lz4_;
    std::unique_ptr<LZ4F_dctx, decltype(&::LZ4F_freeDecompressionContext)> context_;
};

} // namespace nflog
