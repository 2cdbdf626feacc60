// SPDX-License-Identifier: GPL-2.0-or-later
#include "gzip_encoder.hpp"

#include "optional_library.hpp"

#include <new>

namespace nflog {

GzipEncoder::GzipEncoder(const std::string& failure)
{
    const OptionalLibrary library({"zlib", "libz.so.1", "zlib1g"}, failure,
                                  ", or write a file that is not compressed");
    library.find("deflateInit2_", zlib_.init);
    library.find("deflateBound", zlib_.bound);
    library.find("deflate", zlib_.deflate);
    library.find("deflateReset", zlib_.reset);
    library.find("deflateEnd", zlib_.end);
    constexpr int gzip = 16; // selects the gzip format instead of zlib's own
    constexpr int default_memory = 8;
    if (zlib_.init(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip + MAX_WBITS, default_memory,
                   Z_DEFAULT_STRATEGY, ZLIB_VERSION, sizeof stream_) != Z_OK)
        throw std::bad_alloc();
}

GzipEncoder::~GzipEncoder()
{
    zlib_.end(&stream_);
}

std::vector<char> GzipEncoder::encode(std::span<const char> bytes)
{
    zlib_.reset(&stream_); // first, because after a member's end bound() omits the header
    std::vector<char> part(zlib_.bound(&stream_, bytes.size()));
    // zlib does not change its input, but its headers usually lack the const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(part.data());
    stream_.avail_out = static_cast<uInt>(part.size());
    // The buffer is large enough, so memory is missing
    if (zlib_.deflate(&stream_, Z_FINISH) != Z_STREAM_END)
        throw std::bad_alloc();
    part.resize(part.size() - stream_.avail_out);
    return part;
}

} // namespace nflog
