// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "encoder.hpp"

#include <zlib.h>

namespace nflog {

// Makes gzip members with zlib.
class GzipEncoder final : public Encoder {
public:
    // `failure`: what fails without zlib. Throws Error if zlib cannot be loaded.
    explicit GzipEncoder(const std::string& failure);
    ~GzipEncoder() override;
    GzipEncoder(const GzipEncoder&) = delete;
    GzipEncoder(GzipEncoder&&) = delete;
    GzipEncoder& operator=(const GzipEncoder&) = delete;
    GzipEncoder& operator=(GzipEncoder&&) = delete;

    [[nodiscard]] std::vector<char> encode(std::span<const char> bytes) override;

private:
    struct Functions {
        decltype(&::deflateInit2_) init;
        decltype(&::deflateBound) bound;
        decltype(&::deflate) deflate;
        decltype(&::deflateReset) reset;
        decltype(&::deflateEnd) end;
    };

    Functions zlib_;
    z_stream stream_{};
};

} // namespace nflog
