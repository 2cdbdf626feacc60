// SPDX-License-Identifier: GPL-2.0-or-later
// Reads any file as a compressed savefile, and compares the result with that of reading the
// decompressed file.
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
    bool is_whole; // the file is neither cut off nor damaged
};

constexpr std::size_t max_content_bytes = std::size_t{1}
                                          << 20; // so that an input takes little time

// Returns the content of a file, decoded in pieces of this size. The size must not change the
// content.
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

// Returns the messages of a file, or nothing if the reader cannot be started.
std::optional<Messages> messages_of(const MemoryFile& file)
{
    std::optional<Reading> reading;
    try {
        reading.emplace(file.path());
    } catch (const nflog::Error& refusal) {
        must(refusal.code() == EBADMSG || refusal.code() == EINVAL,
             "a file that is not a savefile is refused with EBADMSG or EINVAL");
        return {};
    }
    Messages messages;
    must(savefiles::read_messages(reading->source, messages), "reading a file never waits");
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
         "the content does not depend on the size of the pieces");
    if (nflog::make_decoder(content.bytes, "cannot read"))
        return 0; // the file is compressed twice, and the library decompresses it only once
    compressed.fill(data, size);
    plain.fill(reinterpret_cast<const std::uint8_t*>(content.bytes.data()), content.bytes.size());
    const auto of_compressed = messages_of(compressed);
    const auto of_plain = messages_of(plain);
    if (!content.is_whole && !of_compressed)
        return 0;
    must(of_compressed.has_value() == of_plain.has_value(),
         "a file can be read compressed if it can be read decompressed");
    if (of_compressed) {
        must(of_compressed->all == of_plain->all,
             "a compressed file has the packets of the decompressed file");
        must(of_compressed->is_damaged == (of_plain->is_damaged || !content.is_whole),
             "a cut or damaged file fails after its packets");
    }
    return 0;
}
