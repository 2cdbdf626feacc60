// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_writer.hpp"

#include "cancellation.hpp"
#include "error.hpp"
#include "frame.hpp"
#include "pcap_format.hpp"
#include "pcapng_format.hpp"
#include "savefile_record.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <utility>

namespace nflog {

namespace {

constexpr std::size_t max_gathered_bytes = std::size_t{64} * 1024;

std::unique_ptr<RecordFormat> new_format(const SavefileKind& kind)
{
    if (kind.format == FileFormat::pcapng)
        return std::make_unique<PcapngFormat>(kind.link_type, kind.namer);
    return std::make_unique<PcapFormat>(kind.link_type);
}

} // namespace

SavefileWriter::SavefileWriter(const std::string& path, const SavefileKind& kind)
    : path_(path), link_type_(kind.link_type), format_(new_format(kind)),
      encoder_(make_encoder(kind.compression, "cannot compress the savefile " + path)),
      frame_(kind.link_type == LinkType::ethernet ? max_frame_bytes : 0), output_(path)
{
    gathered_.reserve(max_gathered_bytes + format_->max_appended_bytes());
    format_->append_head(gathered_);
    pieces_.push_back({gathered_.size(), false});
    flush();
}

bool SavefileWriter::write(const nflogcap_packet& packet)
{
    require_ownership();
    const std::optional<PacketRecord> record = record_of(packet, link_type_, frame_);
    if (!record) {
        ++skipped_packets_;
        skipped_lost_ += packet.lost_before;
        return false;
    }
    if (const std::size_t size = record->bytes.size(); size > max_record_bytes)
        throw Error(EMSGSIZE,
                    "cannot write a packet of " + std::to_string(size) + " bytes to the savefile " +
                        path_ + ": its format allows at most " + std::to_string(max_record_bytes));
    if (gathered_.size() >= max_gathered_bytes || failed_)
        flush();
    pieces_.push_back({gathered_.size(), false}); // remains an empty piece if the next line throws
    format_->append_packet(gathered_, {packet, *record, packet.lost_before + skipped_lost_});
    pieces_.back() = {gathered_.size(), true};
    skipped_lost_ = 0;
    return true;
}

void SavefileWriter::flush()
{
    const CancellationOff no_cancellation;
    require_ownership();
    failed_ = true;
    while (!gathered_.empty()) {
        const int code = encoder_ ? write_part() : write_gathered();
        written_packets_ += forget_written();
        if (code != 0)
            throw system_failure("cannot write to the savefile " + path_, code);
    }
    failed_ = false;
}

void SavefileWriter::close()
{
    flush();
    format_->append_end(gathered_);
    pieces_.push_back({gathered_.size(), false});
    flush();
    if (const int code = output_.close(); code != 0)
        throw system_failure("cannot close the savefile " + path_, code);
}

// Returns 0 or an errno.
int SavefileWriter::write_gathered() noexcept
{
    const int code = output_.write(gathered_, [this](std::size_t bytes) {
        progress_->file += bytes;
        progress_->content += bytes;
    });
    if (code != 0) {
        const auto written = static_cast<std::size_t>(progress_->content - done_.content);
        const std::size_t torn = written - end_of_whole_pieces(written);
        if (output_.shorten(torn)) {
            progress_->file -= torn;
            progress_->content -= torn;
        }
    }
    return code;
}

// Returns 0 or an errno. Packets that were gathered after a part was compressed go into the next
// part.
int SavefileWriter::write_part()
{
    if (part_.empty()) {
        part_ = encoder_->encode(gathered_);
        content_of_part_ = gathered_.size();
    }
    const int code = output_.write(part_, [this](std::size_t bytes) { progress_->file += bytes; });
    if (code == 0)
        progress_->content += content_of_part_;
    else if (const auto torn = static_cast<std::size_t>(progress_->file - done_.file);
             output_.shorten(torn))
        progress_->file -= torn;
    return code;
}

std::size_t SavefileWriter::end_of_whole_pieces(std::size_t written) const noexcept
{
    const auto cut = std::ranges::upper_bound(pieces_, written, {}, &Piece::end);
    return cut == pieces_.begin() ? 0 : std::prev(cut)->end;
}

// After fork() another process may have owned the savefile, and may have written the gathered
// packets.
void SavefileWriter::require_ownership()
{
    ownership_.require();
    if (done_ == *progress_)
        return;
    if (progress_->content > done_.content + gathered_.size())
        format_->forget_file();
    forget_written();
}

// Removes from gathered_ what another process has written. Returns the number of removed packets.
std::size_t SavefileWriter::forget_written() noexcept
{
    const auto forget = [](std::vector<char>& bytes, std::uint64_t count) {
        const auto end = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count, bytes.size()));
        bytes.erase(bytes.begin(), bytes.begin() + end);
        return static_cast<std::size_t>(end);
    };
    const std::size_t written = forget(gathered_, progress_->content - done_.content);
    forget(part_, written > 0 ? part_.size() : progress_->file - done_.file);
    const auto unwritten = std::ranges::upper_bound(pieces_, written, {}, &Piece::end);
    const auto packets = std::ranges::count(pieces_.begin(), unwritten, true, &Piece::is_packet);
    pieces_.erase(pieces_.begin(), unwritten);
    for (Piece& piece : pieces_)
        piece.end -= written;
    done_ = *progress_;
    return static_cast<std::size_t>(packets);
}

} // namespace nflog
