// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "blockwise_decoder.hpp"

#include <memory>
#include <zstd.h>
#include <zstd_errors.h>

namespace nflog {

// Decodes zstd frames. Skips skippable frames.
class ZstdDecoder final : public BlockwiseDecoder {
public:
    // `failure`: what fails without libzstd. Throws Error if libzstd cannot be loaded.
    explicit ZstdDecoder(const std::string& failure);

private:
    struct Functions {
        decltype(&::ZSTD_createDStream) create;
        decltype(&::ZSTD_freeDStream) free;
        decltype(&::ZSTD_decompressStream) decompress;
        decltype(&::ZSTD_isError) is_error;
        decltype(&::ZSTD_getErrorCode) error_code;
        decltype(&::ZSTD_getErrorName) error_name;
    };
    static Functions load(const std::string& failure);
    Step step(std::span<const char> in, std::span<char> out) noexcept override;

    Functions zstd_;
    std::unique_ptr<ZSTD_DStream, decltype(&::ZSTD_freeDStream)> stream_;
};

} // namespace nflog
