// SPDX-License-Identifier: GPL-2.0-or-later
// The reader of savefiles, on any file, held against libpcap alone; and the writer, on what was
// read.
#include "error.hpp"
#include "file_descriptor.hpp"
#include "libfuzzer.hpp"
#include "message_cursor.hpp"
#include "must.hpp"
#include "packet_parser.hpp"
#include "savefile_source.hpp"
#include "savefile_writer.hpp"
#include "view_checks.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <pcap/pcap.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using fuzz::must;

namespace {

// A file in memory that has a path, as the reader and the writer take one.
class MemoryFile {
public:
    explicit MemoryFile(const char* name)
        : file_(memfd_create(name, MFD_CLOEXEC)),
          path_("/proc/self/fd/" + std::to_string(file_.get()))
    {
        must(file_.get() >= 0, "a file in memory can be made");
    }

    void fill(const std::uint8_t* data, std::size_t size) const
    {
        must(ftruncate(file_.get(), 0) == 0 &&
                 pwrite(file_.get(), data, size, 0) == static_cast<ssize_t>(size),
             "a file in memory can be written");
    }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    nflog::FileDescriptor file_;
    std::string path_;
};

struct Packet {
    std::vector<std::uint8_t> message;
    std::uint64_t timestamp_ns;

    bool operator==(const Packet&) const = default;
};
using Packets = std::vector<Packet>;

struct Reader {
    explicit Reader(const std::string& path)
        : input(std::make_unique<nflog::SavefileInput>(path, nflog::StopRequest())),
          source(input, epoll, ownership)
    {
    }

    nflog::Epoll epoll;
    nflog::Ownership ownership{"capture"};
    std::unique_ptr<nflog::SavefileInput> input;
    nflog::SavefileSource source;
};

// How many records libpcap reads in a file, and whether it finds it damaged behind them.
struct Extent {
    std::size_t records = 0;
    bool is_damaged = false;

    bool operator==(const Extent&) const = default;
};

Extent extent_for_libpcap(const std::string& path)
{
    std::array<char, PCAP_ERRBUF_SIZE> words{};
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> file(
        pcap_open_offline(path.c_str(), words.data()), &pcap_close);
    must(file != nullptr, "libpcap reads what the source reads");
    Extent extent;
    pcap_pkthdr* header = nullptr;
    const u_char* record = nullptr;
    int outcome = 0;
    while ((outcome = pcap_next_ex(file.get(), &header, &record)) == 1)
        ++extent.records;
    extent.is_damaged = outcome != PCAP_ERROR_BREAK;
    return extent;
}

// Returns how many messages it has.
std::size_t read_batch(const nflog::SavefileSource& source, std::span<const std::byte> batch,
                       Packets& packets, nflog::SavefileWriter* writer)
{
    std::size_t count = 0;
    nflog::MessageCursor cursor(batch);
    must(cursor.more(), "a batch has a message");
    const std::uint16_t group = cursor.group();
    for (; cursor.more(); ++count) {
        must(cursor.group() == group, "a batch is of one group");
        const auto message = cursor.next();
        nflogcap_packet view;
        if (!nflog::parse_packet(message, view))
            continue;
        fuzz::check_view(message, view);
        fuzz::check_frame(view);
        fuzz::check_records(view);
        view.timestamp_ns = source.received_at_ns(message);
        packets.push_back({{view.message, view.message + view.message_length}, view.timestamp_ns});
        if (writer != nullptr)
            writer->write(view);
    }
    must(cursor.take_fragments() == 0, "of a record, whatever it is, a whole message is made");
    return count;
}

// The valid packets of a file up to its end, or to where it is damaged.
Packets read_all(nflog::SavefileSource& source, const std::string& path,
                 nflog::SavefileWriter* writer)
{
    Packets packets;
    Extent extent;
    for (;;) {
        nflog::Batch batch{};
        try {
            batch = source.receive();
        } catch (const nflog::Error& damage) {
            must(damage.code() == EBADMSG, "a damaged file is reported as damaged");
            extent.is_damaged = true;
            batch = source.receive();
            must(batch.state == nflog::Batch::State::ended, "a damaged file ends at the damage");
        }
        must(source.has_backlog(), "a file is never waited for");
        if (batch.state == nflog::Batch::State::packets)
            extent.records += read_batch(source, batch.bytes, packets, writer);
        if (batch.state == nflog::Batch::State::ended)
            break;
    }
    must(extent == extent_for_libpcap(path), "the file has the records that libpcap finds in it");
    return packets;
}

void check_written(const std::string& path, const Packets& read)
{
    Reader reader(path);
    const Packets again = read_all(reader.source, path, nullptr);
    must(again.size() == read.size(), "as many packets are read as were written");
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    for (std::size_t i = 0; i < read.size(); ++i) {
        must(again[i].message == read[i].message, "a packet is read as it was written");
        // The format has 32 bits for the seconds; the kernel's time stands in the message too.
        must(again[i].timestamp_ns == read[i].timestamp_ns ||
                 read[i].timestamp_ns / ns_per_second > UINT32_MAX,
             "a packet keeps its time");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const MemoryFile input("input");
    static const MemoryFile output("output");
    input.fill(data, size);
    std::optional<Reader> reader;
    try {
        reader.emplace(input.path());
    } catch (const nflog::Error& refusal) {
        must(refusal.code() == EBADMSG || refusal.code() == EINVAL,
             "what is no file of packets is refused as such");
        return 0;
    }
    nflog::SavefileWriter writer(output.path(), nflog::LinkType::nflog);
    const Packets packets = read_all(reader->source, input.path(), &writer);
    writer.close();
    check_written(output.path(), packets);
    return 0;
}
