// SPDX-License-Identifier: GPL-2.0-or-later
#include "gzip_decoder.hpp"

#include "optional_library.hpp"

#include <new>

namespace nflog {

GzipDecoder::GzipDecoder(const std::string& failure)
{
    const OptionalLibrary library({"zlib", "libz.so.1", "zlib1g"}, failure);
    library.find("inflateInit2_", zlib_.init);
    library.find("inflate", zlib_.inflate);
    library.find("inflateReset", zlib_.reset);
    library.find("inflateEnd", zlib_.end);
    constexpr int only_gzip = 16;
    if (zlib_.init(&stream_, only_gzip + MAX_WBITS, ZLIB_VERSION, sizeof stream_) != Z_OK)
        throw std::bad_alloc();
}

GzipDecoder::~GzipDecoder()
{
    zlib_.end(&stream_);
}

Decoder::Progress GzipDecoder::decode(std::span<const char> in, std::span<char> out) noexcept
{
    // zlib does not change its input, but its headers usually lack the const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    int outcome = Z_OK;
    while (outcome == Z_OK && stream_.avail_out > 0) {
        if (is_between_parts()) {
            if (stream_.avail_in == 0)
                break;
            zlib_.reset(&stream_);
        }
        outcome = zlib_.inflate(&stream_, Z_NO_FLUSH);
        set_between_parts(outcome == Z_STREAM_END);
        if (outcome == Z_STREAM_END)
            outcome = Z_OK;
    }
    if (outcome == Z_MEM_ERROR)
        fail_without_memory();
    else if (outcome != Z_OK &&
             outcome != Z_BUF_ERROR) // Z_BUF_ERROR: there is nothing to read, which is no error
        fail(stream_.msg != nullptr ? stream_.msg : "zlib gives no reason");
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out};
}

} // namespace nflog
