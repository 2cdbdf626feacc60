// SPDX-License-Identifier: GPL-2.0-or-later
#include "decoder.hpp"

#include "gzip_decoder.hpp"
#include "lz4_decoder.hpp"
#include "zstd_decoder.hpp"

#include <cerrno>
#include <cstdint>

namespace nflog {

namespace {

// The numbers at the beginning of a compressed file, in little-endian order.
constexpr std::uint32_t gzip = 0x8b1f;
constexpr std::uint32_t gzip_mask = 0xffff;
constexpr std::uint32_t zstd = 0xfd2fb528;
constexpr std::uint32_t lz4 = 0x184d2204;
// A frame without data, called skippable in zstd and lz4. pzstd begins its files with one.
constexpr std::uint32_t skippable = 0x184d2a50;
constexpr std::uint32_t skippable_mask = 0xfffffff0;

std::uint32_t magic_of(std::span<const char> head) noexcept
{
    constexpr unsigned bits = 8;
    std::uint32_t magic = 0;
    for (std::size_t at = 0; at < compression_magic_bytes && at < head.size(); ++at)
        magic |= std::uint32_t{static_cast<unsigned char>(head[at])} << (bits * at);
    return magic;
}

} // namespace

void Decoder::fail_without_memory() noexcept
{
    error_ = ENOMEM;
}

void Decoder::fail(const char* reason) noexcept
{
    error_ = EBADMSG;
    reason_ = reason;
}

std::unique_ptr<Decoder> make_decoder(std::span<const char> head, const std::string& failure)
{
    const std::uint32_t magic = magic_of(head);
    if ((magic & gzip_mask) == gzip)
        return std::make_unique<GzipDecoder>(failure);
    if (magic == zstd || (magic & skippable_mask) == skippable)
        return std::make_unique<ZstdDecoder>(failure);
    if (magic == lz4)
        return std::make_unique<Lz4Decoder>(failure);
    return nullptr;
}

} // namespace nflog
