// SPDX-License-Identifier: GPL-2.0-or-later
// Reads any file as a savefile, from the file and from a pipe with the same bytes, and compares the
// results with those of libpcap. It then writes the packets to another savefile and reads them
// again.
#include "decoder.hpp"
#include "error.hpp"
#include "file_descriptor.hpp"
#include "libfuzzer.hpp"
#include "memory_file.hpp"
#include "must.hpp"
#include "packet_parser.hpp"
#include "savefile_messages.hpp"
#include "savefile_writer.hpp"
#include "view_checks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <span>
#include <string>
#include <unistd.h>

using fuzz::MemoryFile;
using fuzz::must;

namespace {

using savefiles::Messages;
using savefiles::Reading;

// Returns the valid packets of these messages, with the times of their records. Writes them if
// there is a writer.
Messages packets_of(const Messages& messages, nflog::SavefileWriter* writer)
{
    Messages packets;
    for (const savefiles::Message& message : messages.all) {
        nflogcap_packet view;
        if (!nflog::parse_packet(message.bytes, view))
            continue;
        fuzz::check_view(message.bytes, view);
        fuzz::check_frame(view);
        fuzz::check_records(view);
        view.timestamp_ns = message.stamp_ns;
        packets.all.push_back(message);
        if (writer != nullptr)
            writer->write(view);
    }
    return packets;
}

// Returns all messages of a file, up to its end or up to damaged data.
Messages read_all(nflog::SavefileSource& source, const std::string& path)
{
    Messages messages;
    must(savefiles::read_messages(source, messages), "reading a file never waits");
    must(messages == savefiles::messages_by_libpcap(path),
         "a file has the messages that libpcap finds in it");
    return messages;
}

// Returns the messages of a pipe into which the bytes are written piece by piece. The header is one
// piece, because the start of the reader waits for it.
Messages read_pieces(std::span<const std::uint8_t> bytes, std::size_t head, std::size_t piece)
{
    std::array<int, 2> ends{};
    must(pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe can be made");
    const nflog::FileDescriptor reading_end(ends[0]);
    nflog::FileDescriptor writing_end(ends[1]);
    const auto write = [&](std::size_t size) {
        must(::write(writing_end.get(), bytes.data(), size) == static_cast<ssize_t>(size),
             "a pipe has room for the file");
        bytes = bytes.subspan(size);
        if (bytes.empty())
            writing_end = nflog::FileDescriptor();
    };
    write(head);
    Reading reading("/proc/self/fd/" + std::to_string(reading_end.get()));
    Messages messages;
    while (!savefiles::read_messages(reading.source, messages)) {
        if (!bytes.empty())
            write(std::min(piece, bytes.size()));
    }
    return messages;
}

void check_written(const std::string& path, const Messages& read)
{
    Reading reading(path);
    const Messages again = packets_of(read_all(reading.source, path), nullptr);
    must(again.all.size() == read.all.size(), "as many packets are read as were written");
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    for (std::size_t i = 0; i < read.all.size(); ++i) {
        must(again.all[i].bytes == read.all[i].bytes, "a packet is read as it was written");
        // A savefile has only 32 bits for the seconds. The message still contains the kernel's
        // time.
        must(again.all[i].stamp_ns == read.all[i].stamp_ns ||
                 read.all[i].stamp_ns / ns_per_second > UINT32_MAX,
             "a packet keeps its time");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const MemoryFile input("input");
    static const MemoryFile output("output");
    if (nflog::make_decoder({reinterpret_cast<const char*>(data), size}, "cannot read"))
        return 0; // libpcap does not read compressed files; another target tests them
    input.fill(data, size);
    std::optional<Reading> reading;
    try {
        reading.emplace(input.path());
    } catch (const nflog::Error& refusal) {
        must(refusal.code() == EBADMSG || refusal.code() == EINVAL,
             "a file that is not a savefile is refused with EBADMSG or EINVAL");
        return 0;
    }
    const Messages messages = read_all(reading->source, input.path());
    for (const nflog::FileFormat format : {nflog::FileFormat::pcap, nflog::FileFormat::pcapng}) {
        nflog::SavefileWriter writer(output.path(), {.format = format});
        const Messages packets = packets_of(messages, &writer);
        writer.close();
        check_written(output.path(), packets);
    }

    constexpr std::size_t pcap_head = nflog::RecordFraming::head_bytes;
    constexpr std::size_t max_pieces = 32;
    constexpr std::size_t max_odd_bytes = 64;
    const bool is_plain =
        size >= pcap_head &&
        nflog::RecordFraming({reinterpret_cast<const char*>(data), pcap_head}).is_plain();
    // The length of other headers is unknown here.
    const std::size_t head = is_plain ? pcap_head : size;
    must(read_pieces({data, size}, head, size / max_pieces + 1 + data[size - 1] % max_odd_bytes) ==
             messages,
         "reading from a pipe returns the messages of the file");
    return 0;
}
