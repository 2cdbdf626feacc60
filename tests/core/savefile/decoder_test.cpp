// SPDX-License-Identifier: GPL-2.0-or-later
#include "decoder.hpp"

#include "compressed.hpp"
#include "savefile.hpp"

#include "catch.hpp"

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>

using nflog::Decoder;
using support::Compress;
using support::compressions;
using support::FileBytes;
using support::joined;

namespace {

std::span<const char> chars(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::unique_ptr<Decoder> decoder_of(std::span<const std::byte> file)
{
    return nflog::make_decoder(
        chars(file.first(std::min(file.size(), nflog::compression_magic_bytes))), "cannot read");
}

// Content for compression: words that are repeated, and numbers that are not.
FileBytes content(std::size_t size, unsigned seed = 1)
{
    std::mt19937 random(seed);
    FileBytes bytes;
    while (bytes.size() < size) {
        const std::string text =
            "a packet of group " + std::to_string(random()) + " with the same words as others; ";
        const auto raw = std::as_bytes(std::span(text));
        bytes.insert(bytes.end(), raw.begin(), raw.end());
    }
    bytes.resize(size);
    return bytes;
}

// Decodes a file with pieces of input and output of random sizes, until the decoder produces no
// more output.
FileBytes decode(Decoder& decoder, std::span<const std::byte> file, std::size_t max_piece,
                 unsigned seed = 1)
{
    std::mt19937 random(seed);
    const auto piece = [&] {
        return std::uniform_int_distribution<std::size_t>(1, max_piece)(random);
    };
    FileBytes decoded;
    std::size_t at = 0;
    for (;;) {
        const std::size_t given = std::min(piece(), file.size() - at);
        std::vector<char> room(piece());
        const Decoder::Progress made = decoder.decode(chars(file.subspan(at, given)), room);
        REQUIRE(made.read <= given);
        REQUIRE(made.written <= room.size());
        at += made.read;
        const auto written = std::as_bytes(std::span(room).first(made.written));
        decoded.insert(decoded.end(), written.begin(), written.end());
        if (decoder.error() != 0 || (at == file.size() && made.written < room.size()))
            return decoded;
        // The decoder must read all input if `out` has room; otherwise this loop would not end.
        REQUIRE((made.read == given || made.written == room.size()));
    }
}

bool is_prefix(const FileBytes& part, const FileBytes& whole)
{
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

} // namespace

TEST_CASE("compressed data is decoded, in pieces of any size")
{
    for (const Compress compress : compressions) {
        for (const std::size_t size : {0UL, 1UL, 1000UL, 700'000UL}) {
            for (const std::size_t max_piece : {1UL, 100UL, 100'000UL}) {
                if (size > 1000 && max_piece == 1)
                    continue;
                CAPTURE(size, max_piece);
                const FileBytes original = content(size);
                const FileBytes file = compress(original);
                const auto decoder = decoder_of(file);
                CHECK_FALSE(decoder->is_between_parts());
                CHECK(decode(*decoder, file, max_piece) == original);
                CHECK(decoder->error() == 0);
                CHECK(decoder->is_between_parts());
            }
        }
    }
}

TEST_CASE("consecutive compressed parts are decoded as one file")
{
    const FileBytes first = content(3000, 1);
    const FileBytes second = content(200'000, 2);
    for (const Compress compress : compressions) {
        FileBytes file = joined(compress(first), compress({}));
        if (compress != support::gzip)
            file = joined(joined(file, support::skippable_frame()), support::skippable_frame());
        file = joined(file, compress(second));
        for (const std::size_t max_piece : {1UL, 50UL, 100'000UL}) {
            CAPTURE(max_piece);
            const auto decoder = decoder_of(file);
            CHECK(decode(*decoder, file, max_piece) == joined(first, second));
            CHECK(decoder->error() == 0);
            CHECK(decoder->is_between_parts());
        }
    }
}

TEST_CASE("a file may begin with a skippable frame, as written by pzstd")
{
    const FileBytes original = content(1000);
    const FileBytes file = joined(support::skippable_frame(), support::zstd(original));
    const auto decoder = decoder_of(file);
    CHECK(decode(*decoder, file, 100) == original);
    CHECK(decoder->is_between_parts());
}

TEST_CASE("a file that is cut anywhere is decoded up to the cut, and its end is not accepted")
{
    const FileBytes original = content(5000);
    for (const Compress compress : compressions) {
        const FileBytes file = compress(original);
        std::size_t before = 0;
        for (std::size_t length = nflog::compression_magic_bytes; length < file.size(); ++length) {
            CAPTURE(length);
            const auto cut = std::span(file).first(length);
            const auto decoder = decoder_of(cut);
            const FileBytes decoded = decode(*decoder, cut, 1000, static_cast<unsigned>(length));
            REQUIRE(is_prefix(decoded, original));
            REQUIRE(decoded.size() >= before);
            REQUIRE(decoder->error() == 0);
            REQUIRE_FALSE(decoder->is_between_parts());
            before = decoded.size();
        }
        CHECK(before == original.size()); // the cut removed only a checksum
    }
}

TEST_CASE("a damaged file is decoded the same in pieces of any size, and a reason is given")
{
    const FileBytes original = content(2000);
    for (const Compress compress : compressions) {
        const FileBytes file = compress(original);
        for (std::size_t at = nflog::compression_magic_bytes; at < file.size(); ++at) {
            CAPTURE(at);
            FileBytes changed = file;
            changed[at] ^= std::byte{0x10};
            const auto at_once = decoder_of(changed);
            const auto in_pieces = decoder_of(changed);
            REQUIRE(decode(*at_once, changed, 1'000'000) == decode(*in_pieces, changed, 1));
            REQUIRE(at_once->error() == in_pieces->error());
            if (at_once->error() != 0) {
                REQUIRE(at_once->error() == EBADMSG);
                REQUIRE(std::string(at_once->reason()).size() > 5);
            }
        }
    }
}

TEST_CASE("the data before damaged bytes is decoded")
{
    const FileBytes original = content(1'000'000);
    const FileBytes garbage(100, std::byte{0x42});
    for (const Compress compress : compressions) {
        const FileBytes with_garbage = joined(compress(original), garbage);
        const auto decoder = decoder_of(with_garbage);
        CHECK(decode(*decoder, with_garbage, 2'000'000) == original);
        CHECK(decoder->error() == EBADMSG);

        FileBytes changed = compress(original);
        for (std::size_t at = changed.size() / 2; at < changed.size() / 2 + 100; ++at)
            changed[at] ^= std::byte{0xff};
        const auto at_once = decoder_of(changed);
        const auto in_pieces = decoder_of(changed);
        const FileBytes decoded = decode(*at_once, changed, 2'000'000);
        CHECK(decoded.size() > original.size() / 4);
        CHECK(decoded == decode(*in_pieces, changed, 100));
    }
}

TEST_CASE("a zstd frame that needs too much memory is refused with a reason")
{
    const FileBytes file = support::large_zstd_window();
    const auto decoder = decoder_of(file);
    CHECK(decode(*decoder, file, 100).empty());
    CHECK(decoder->error() == EBADMSG);
    CHECK(std::string(decoder->reason()).find("128 MiB") != std::string::npos);
    CHECK(std::string(decoder->reason()).find("--long=31") != std::string::npos);
}

TEST_CASE("a file that is not compressed has no decoder")
{
    for (const auto& file : {support::PcapFile(support::linktype_nflog).bytes(),
                             support::PcapngFile().bytes(), FileBytes(), FileBytes(1)})
        CHECK(decoder_of(file) == nullptr);
}
