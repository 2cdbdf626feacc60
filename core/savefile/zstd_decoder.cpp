// SPDX-License-Identifier: GPL-2.0-or-later
#include "zstd_decoder.hpp"

#include "optional_library.hpp"

#include <new>

namespace nflog {

namespace {

constexpr std::size_t block_header_bytes = 3;

} // namespace

ZstdDecoder::Functions ZstdDecoder::load(const std::string& failure)
{
    const OptionalLibrary library({"libzstd", "libzstd.so.1", "libzstd1"}, failure);
    Functions functions{};
    library.find("ZSTD_createDStream", functions.create);
    library.find("ZSTD_freeDStream", functions.free);
    library.find("ZSTD_decompressStream", functions.decompress);
    library.find("ZSTD_isError", functions.is_error);
    library.find("ZSTD_getErrorCode", functions.error_code);
    library.find("ZSTD_getErrorName", functions.error_name);
    return functions;
}

ZstdDecoder::ZstdDecoder(const std::string& failure)
    : BlockwiseDecoder(block_header_bytes), zstd_(load(failure)),
      stream_(zstd_.create(), zstd_.free)
{
    if (!stream_)
        throw std::bad_alloc();
}

BlockwiseDecoder::Step ZstdDecoder::step(std::span<const char> in, std::span<char> out) noexcept
{
    ZSTD_inBuffer from = {in.data(), in.size(), 0};
    ZSTD_outBuffer to = {out.data(), out.size(), 0};
    const std::size_t hint = zstd_.decompress(stream_.get(), &to, &from);
    if (zstd_.is_error(hint) != 0) {
        switch (zstd_.error_code(hint)) {
        case ZSTD_error_memory_allocation:
            fail_without_memory();
            break;
        case ZSTD_error_frameParameter_windowTooLarge:
            fail("a zstd frame needs more than 128 MiB of memory; decompress the file with 'zstd "
                 "-d --long=31'");
            break;
        default:
            fail(zstd_.error_name(hint));
        }
    }
    return {{from.pos, to.pos}, hint};
}

} // namespace nflog
