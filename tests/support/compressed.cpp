// SPDX-License-Identifier: GPL-2.0-or-later
#include "compressed.hpp"

#include <lz4frame.h>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <zlib.h>
#include <zstd.h>

namespace support {

namespace {

void require(bool is_done)
{
    if (!is_done)
        throw std::runtime_error("cannot compress");
}

FileBytes bytes_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

} // namespace

FileBytes gzip(std::span<const std::byte> bytes)
{
    constexpr int of_gzip = 16;
    constexpr int memory = 8;
    z_stream stream{};
    require(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, of_gzip + MAX_WBITS, memory,
                         Z_DEFAULT_STRATEGY) == Z_OK);
    FileBytes result(deflateBound(&stream, bytes.size()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    const int outcome = deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    require(outcome == Z_STREAM_END);
    return result;
}

FileBytes zstd(std::span<const std::byte> bytes)
{
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                       &ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    FileBytes result(ZSTD_compressBound(bytes.size()));
    const std::size_t size =
        ZSTD_compress2(context.get(), result.data(), result.size(), bytes.data(), bytes.size());
    require(ZSTD_isError(size) == 0);
    result.resize(size);
    return result;
}

FileBytes lz4(std::span<const std::byte> bytes)
{
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    FileBytes result(LZ4F_compressFrameBound(bytes.size(), &preferences));
    const std::size_t size =
        LZ4F_compressFrame(result.data(), result.size(), bytes.data(), bytes.size(), &preferences);
    require(LZ4F_isError(size) == 0);
    result.resize(size);
    return result;
}

FileBytes skippable_frame()
{
    using namespace std::string_view_literals;
    return bytes_of("\x53\x2a\x4d\x18\3\0\0\0old"sv);
}

FileBytes large_zstd_window()
{
    using namespace std::string_view_literals;
    // After the magic number: no flags, a window of 1 KiB * 2^18, and an empty raw block, which is
    // the last one.
    return bytes_of("\x28\xb5\x2f\xfd\0\x90\1\0\0"sv);
}

} // namespace support
