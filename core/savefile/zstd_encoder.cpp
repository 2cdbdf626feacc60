// SPDX-License-Identifier: GPL-2.0-or-later
#include "zstd_encoder.hpp"

#include "optional_library.hpp"

#include <new>

namespace nflog {

ZstdEncoder::Functions ZstdEncoder::load(const std::string& failure)
{
    const OptionalLibrary library({"libzstd", "libzstd.so.1", "libzstd1"}, failure,
                                  ", or write a file that is not compressed");
    Functions functions{};
    library.find("ZSTD_createCCtx", functions.create);
    library.find("ZSTD_freeCCtx", functions.free);
    library.find("ZSTD_CCtx_setParameter", functions.set_parameter);
    library.find("ZSTD_compressBound", functions.bound);
    library.find("ZSTD_compress2", functions.compress);
    library.find("ZSTD_isError", functions.is_error);
    return functions;
}

ZstdEncoder::ZstdEncoder(const std::string& failure)
    : zstd_(load(failure)), context_(zstd_.create(), zstd_.free)
{
    if (!context_ ||
        zstd_.is_error(zstd_.set_parameter(context_.get(), ZSTD_c_checksumFlag, 1)) != 0)
        throw std::bad_alloc();
}

std::vector<char> ZstdEncoder::encode(std::span<const char> bytes)
{
    std::vector<char> part(zstd_.bound(bytes.size()));
    const std::size_t size =
        zstd_.compress(context_.get(), part.data(), part.size(), bytes.data(), bytes.size());
    if (zstd_.is_error(size) != 0) // the buffer is large enough, so memory is missing
        throw std::bad_alloc();
    part.resize(size);
    return part;
}

} // namespace nflog
