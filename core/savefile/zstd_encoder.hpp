// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "encoder.hpp"

#include <zstd.h>

namespace nflog {

// Makes zstd frames with checksums.
class ZstdEncoder final : public Encoder {
public:
    // `failure`: what fails without libzstd. Throws Error if libzstd cannot be loaded.
    explicit ZstdEncoder(const std::string& failure);

    [[nodiscard]] std::vector<char> encode(std::span<const char> bytes) override;

private:
    struct Functions {
        decltype(&::ZSTD_createCCtx) create;
        decltype(&::ZSTD_freeCCtx) free;
        decltype(&::ZSTD_CCtx_setParameter) set_parameter;
        decltype(&::ZSTD_compressBound) bound;
        decltype(&::ZSTD_compress2) compress;
        decltype(&::ZSTD_isError) is_error;
    };
    static Functions load(const std::string& failure);

    Functions zstd_;
    std::unique_ptr<ZSTD_CCtx, decltype(&::ZSTD_freeCCtx)> context_;
};

} // namespace nflog
