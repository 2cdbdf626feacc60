// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_writer.hpp"

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
        throw Error(EMSGSIZE, "cannot write a packet of " + std::to_string(size) +
                                  " bytes to the savefile " + path_ + ": its format has room for " +
                                  std::to_string(max_record_bytes));
    if (gathered_.size() >= max_gathered_bytes || failed_)
        flush();
    pieces_.push_back({gathered_.size(), false}); // an empty one, if the next line throws
    format_->append_packet(gathered_, {packet, *record, packet.lost_before + skipped_lost_});
    pieces_.back() = {gathered_.size(), true};
    skipped_lost_ = 0;
    return true;
}

void SavefileWriter::flush()
{
    require_ownership();
    failed_ = true;
    const int code = output_.write(gathered_, *written_);
    if (code != 0) {
        const std::size_t written = *written_ - begin_;
        const std::size_t torn = written - end_of_whole_pieces(written);
        if (output_.shorten(torn))
            *written_ -= torn;
    }
    written_packets_ += forget_written();
    if (code != 0)
        throw system_failure("cannot write to the savefile " + path_, code);
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

std::size_t SavefileWriter::end_of_whole_pieces(std::size_t written) const noexcept
{
    const auto cut = std::ranges::upper_bound(pieces_, written, {}, &Piece::end);
    return cut == pieces_.begin() ? 0 : std::prev(cut)->end;
}

// Another process may have owned the savefile since fork(), and have written what is gathered here.
void SavefileWriter::require_ownership()
{
    ownership_.require();
    if (begin_ == *written_)
        return;
    if (*written_ > begin_ + gathered_.size())
        format_->forget_file();
    forget_written();
}

// Returns how many packets it forgets.
std::size_t SavefileWriter::forget_written() noexcept
{
    const auto written =
        static_cast<std::size_t>(std::min<std::uint64_t>(*written_ - begin_, gathered_.size()));
    gathered_.erase(gathered_.begin(), gathered_.begin() + static_cast<std::ptrdiff_t>(written));
    const auto unwritten = std::ranges::upper_bound(pieces_, written, {}, &Piece::end);
    const auto packets = std::ranges::count(pieces_.begin(), unwritten, true, &Piece::is_packet);
    pieces_.erase(pieces_.begin(), unwritten);
    for (Piece& piece : pieces_)
        piece.end -= written;
    begin_ = *written_;
    return static_cast<std::size_t>(packets);
}

} // namespace nflog
