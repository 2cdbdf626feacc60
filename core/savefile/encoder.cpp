// SPDX-License-Identifier: GPL-2.0-or-later
#include "encoder.hpp"

#include "gzip_encoder.hpp"
#include "zstd_encoder.hpp"

namespace nflog {

std::unique_ptr<Encoder> make_encoder(Compression compression, const std::string& failure)
{
    switch (compression) {
    case Compression::gzip:
        return std::make_unique<GzipEncoder>(failure);
    case Compression::zstd:
        return std::make_unique<ZstdEncoder>(failure);
    default:
        return nullptr;
    }
}

} // namespace nflog
