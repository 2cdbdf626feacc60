// SPDX-License-Identifier: GPL-2.0-or-later
// The reader of compressed savefiles, on any file, compared with the reader of the decompressed
// file.
#include "decoder.hpp"
#include "error.hpp"
#include "libfuzzer.hpp"
#include "memory_file.hpp"
#include "must.hpp"
#include "savefile_messages.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <string>
#include <vector>

using fuzz::MemoryFile;
using fuzz::must;
using savefiles::Messages;
using savefiles::Reading;

namespace {

struct Content {
    std::vector<char> bytes;
    bool is_whole; // not cut, and not damaged
};

constexpr std::size_t max_content_bytes = std::size_t{1}
                                          << 20; // so that an input takes little time

// The content of a file, decoded in pieces of this size, which must not matter.
Content content_of(std::span<const char> file, std::size_t piece)
{
    const auto decoder = nflog::make_decoder(file, "cannot read");
    Content content{};
    std::vector<char> room(piece);
    for (;;) {
        const auto made = decoder->decode(file.first(std::min(piece, file.size())), room);
        must(made.read <= file.size() && made.written <= room.size(), "a decoder keeps its bounds");
        file = file.subspan(made.read);
        content.bytes.insert(content.bytes.end(), room.begin(),
                             room.begin() + static_cast<std::ptrdiff_t>(made.written));
        const bool is_over = file.empty() && made.written < room.size();
        if (is_over || decoder->error() != 0 || content.bytes.size() > max_content_bytes) {
            content.is_whole = is_over && decoder->error() == 0 && decoder->is_between_parts();
            return content;
        }
    }
}

// Empty if it cannot be started.
std::optional<Messages> messages_of(const MemoryFile& file)
{
    std::optional<Reading> reading;
    try {
        reading.emplace(file.path());
    } catch (const nflog::Error& refusal) {
        must(refusal.code() == EBADMSG || refusal.code() == EINVAL,
             "what is no file of packets is refused as such");
        return {};
    }
    Messages messages;
    must(savefiles::read_messages(reading->source, messages), "a file is never waited for");
    return messages;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const MemoryFile compressed("compressed");
    static const MemoryFile plain("plain");
    const std::span file(reinterpret_cast<const char*>(data), size);
    if (!nflog::make_decoder(file, "cannot read"))
        return 0;
    const Content content = content_of(file, max_content_bytes);
    if (content.bytes.size() > max_content_bytes)
        return 0;
    const Content in_pieces = content_of(file, 1 + size % 16);
    must(in_pieces.bytes == content.bytes && in_pieces.is_whole == content.is_whole,
         "what a file holds is the same in pieces");
    if (nflog::make_decoder(content.bytes, "cannot read"))
        return 0; // compressed twice: it is decompressed once
    compressed.fill(data, size);
    plain.fill(reinterpret_cast<const std::uint8_t*>(content.bytes.data()), content.bytes.size());
    const auto of_compressed = messages_of(compressed);
    const auto of_plain = messages_of(plain);
    if (!content.is_whole && !of_compressed)
        return 0;
    must(of_compressed.has_value() == of_plain.has_value(), "what starts plain starts compressed");
    if (of_compressed) {
        must(of_compressed->all == of_plain->all,
             "a compressed file has the packets that it holds");
        must(of_compressed->is_damaged == (of_plain->is_damaged || !content.is_whole),
             "a file that is cut or damaged fails behind its packets");
    }
    return 0;
}
