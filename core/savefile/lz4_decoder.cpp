// SPDX-License-Identifier: GPL-2.0-or-later
#include "lz4_decoder.hpp"

#include "optional_library.hpp"

#include <new>
#include <string_view>

namespace nflog {

namespace {

constexpr std::size_t block_header_bytes = 4;

} // namespace

Lz4Decoder::Functions Lz4Decoder::load(const std::string& failure)
{
    const OptionalLibrary library({"liblz4", "liblz4.so.1", "liblz4-1"}, failure);
    Functions functions{};
    library.find("LZ4F_createDecompressionContext", functions.create);
    library.find("LZ4F_freeDecompressionContext", functions.free);
    library.find("LZ4F_decompress", functions.decompress);
    library.find("LZ4F_isError", functions.is_error);
    library.find("LZ4F_getErrorName", functions.error_name);
    return functions;
}

Lz4Decoder::Lz4Decoder(const std::string& failure)
    : BlockwiseDecoder(block_header_bytes), lz4_(load(failure)), context_(nullptr, lz4_.free)
{
    LZ4F_dctx* context = nullptr;
    if (lz4_.is_error(lz4_.create(&context, LZ4F_VERSION)) != 0)
        throw std::bad_alloc();
    context_.reset(context);
}

BlockwiseDecoder::Step Lz4Decoder::step(std::span<const char> in, std::span<char> out) noexcept
{
    std::size_t read = in.size();
    std::size_t written = out.size();
    const std::size_t hint =
        lz4_.decompress(context_.get(), out.data(), &written, in.data(), &read, nullptr);
    if (lz4_.is_error(hint) != 0) {
        const std::string_view name =
            lz4_.error_name(hint); // error codes are not in the stable API
        if (name == "ERROR_allocation_failed")
            fail_without_memory();
        else
            fail(name.data());
    }
    return {{read, written}, hint};
}

} // namespace nflog
