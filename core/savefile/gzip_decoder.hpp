// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "decoder.hpp"

#include <zlib.h>

namespace nflog {

// Decodes the members of a gzip file with zlib.
class GzipDecoder final : public Decoder {
public:
    // `failure`: what fails without zlib. Throws Error if zlib cannot be loaded.
    explicit GzipDecoder(const std::string& failure);
    ~GzipDecoder() override;
    GzipDecoder(const GzipDecoder&) = delete;
    GzipDecoder(GzipDecoder&&) = delete;
    GzipDecoder& operator=(const GzipDecoder&) = delete;
    GzipDecoder& operator=(GzipDecoder&&) = delete;

    Progress decode(std::span<const char> in, std::span<char> out) noexcept override;

private:
    struct Functions {
        decltype(&::inflateInit2_) init;
        decltype(&::inflate) inflate;
        decltype(&::inflateReset) reset;
        decltype(&::inflateEnd) end;
    };

    Functions zlib_;
    z_stream stream_{};
};

} // namespace nflog
