// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_writer.hpp"

#include "cancellation.hpp"
#include "error.hpp"
#include "frame.hpp"
#include "packet_record.hpp"
#include "record_framing.hpp"
#include "savefile_record.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <pcap/pcap.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace nflog {

namespace {

constexpr std::size_t max_gathered_bytes = std::size_t{64} * 1024;

int open_output(const std::string& path)
{
    constexpr mode_t readable_and_writable = 0666; // less the umask
    const int fd = path == "-" ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                               : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                                      readable_and_writable);
    if (fd < 0)
        throw system_failure("cannot create the savefile " + path, errno);
    return fd;
}

// Whether a signal let a write take less than all. A pipe takes all, unless a process that shares
// it made it non-blocking; of a disk, the next write says why it did not take all.
bool was_interrupted(int fd) noexcept
{
    return lseek(fd, 0, SEEK_CUR) < 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

} // namespace

SavefileWriter::SavefileWriter(const std::string& path, LinkType link_type)
    : path_(path), link_type_(link_type),
      frame_(link_type == LinkType::ethernet ? max_frame_bytes : 0), file_(open_output(path))
{
    gathered_.reserve(max_gathered_bytes + sizeof(PcapRecordHeader) + max_record_bytes);
    pcap_file_header head{};
    head.magic = RecordFraming::pcap_nanoseconds;
    head.version_major = PCAP_VERSION_MAJOR;
    head.version_minor = PCAP_VERSION_MINOR;
    head.snaplen = max_record_bytes;
    head.linktype = static_cast<bpf_u_int32>(link_type);
    gather(&head, sizeof head);
    ends_.push_back(gathered_.size());
    flush();
    written_packets_ = 0; // that was the head
}

bool SavefileWriter::write(const nflogcap_packet& packet)
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    require_ownership();
    const std::optional<PacketRecord> record = record_of(packet, link_type_, frame_);
    if (!record) {
        ++skipped_packets_;
        return false;
    }
    const auto size = static_cast<std::uint32_t>(record->bytes.size());
    if (size > max_record_bytes)
        throw Error(EMSGSIZE, "cannot write a packet of " + std::to_string(size) +
                                  " bytes to the savefile " + path_ + ": its format has room for " +
                                  std::to_string(max_record_bytes));
    if (gathered_.size() >= max_gathered_bytes || failed_)
        flush();
    const PcapRecordHeader header = {
        static_cast<std::uint32_t>(packet.timestamp_ns / ns_per_second),
        static_cast<std::uint32_t>(packet.timestamp_ns % ns_per_second), size, record->length};
    ends_.push_back(gathered_.size() + sizeof header + size);
    gather(&header, sizeof header);
    gather(record->bytes.data(), size);
    return true;
}

void SavefileWriter::flush()
{
    const CancellationOff no_cancellation;
    require_ownership();
    failed_ = true;
    std::size_t written = 0;
    while (written < gathered_.size()) {
        const ssize_t n =
            ::write(file_.get(), gathered_.data() + written, gathered_.size() - written);
        int code = errno;
        if (n >= 0) {
            written += static_cast<std::size_t>(n);
            *written_ = begin_ + written;
            if (written == gathered_.size() || !was_interrupted(file_.get()))
                continue;
            code = EINTR;
        } else if (code == EAGAIN) {
            pollfd writable = {file_.get(), POLLOUT, 0};
            if (poll(&writable, 1, -1) > 0)
                continue;
            code = errno;
        }
        *written_ = begin_ + take_back(written);
        written_packets_ += forget_written();
        throw system_failure("cannot write to the savefile " + path_, code);
    }
    written_packets_ += forget_written();
    failed_ = false;
}

void SavefileWriter::close()
{
    flush();
    if (::close(file_.release()) != 0)
        throw system_failure("cannot close the savefile " + path_, errno);
}

// Does not allocate: room for the longest record is reserved.
void SavefileWriter::gather(const void* bytes, std::size_t size)
{
    const auto* from = static_cast<const char*>(bytes);
    gathered_.insert(gathered_.end(), from, from + size);
}

// Ends the file with its last whole record, if it can be shortened. Returns how much of what is
// gathered is written then.
std::size_t SavefileWriter::take_back(std::size_t written) const noexcept
{
    const auto cut = std::ranges::upper_bound(ends_, written);
    const std::size_t whole = cut == ends_.begin() ? 0 : *std::prev(cut);
    const off_t end = lseek(file_.get(), 0, SEEK_CUR);
    const off_t whole_end = end - static_cast<off_t>(written - whole);
    // In this order: if the second fails too, nothing is written behind a gap.
    if (end < 0 || lseek(file_.get(), whole_end, SEEK_SET) < 0)
        return written;
    if (ftruncate(file_.get(), whole_end) == 0)
        return whole;
    lseek(file_.get(), end, SEEK_SET);
    return written;
}

// Another process may have owned the savefile since fork(), and have written what is gathered here.
void SavefileWriter::require_ownership()
{
    ownership_.require();
    if (begin_ != *written_)
        forget_written();
}

// Returns how many packets it forgets.
std::size_t SavefileWriter::forget_written() noexcept
{
    const auto written =
        static_cast<std::size_t>(std::min<std::uint64_t>(*written_ - begin_, gathered_.size()));
    gathered_.erase(gathered_.begin(), gathered_.begin() + static_cast<std::ptrdiff_t>(written));
    const std::size_t packets =
        std::erase_if(ends_, [&](std::size_t end) { return end <= written; });
    for (std::size_t& end : ends_)
        end -= written;
    begin_ = *written_;
    return packets;
}

} // namespace nflog
