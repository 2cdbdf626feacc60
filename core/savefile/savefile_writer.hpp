// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "encoder.hpp"
#include "mapped.hpp"
#include "ownership.hpp"
#include "record_format.hpp"
#include "savefile_kind.hpp"
#include "savefile_output.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nflogcap.h>
#include <string>
#include <vector>

namespace nflog {

// Writes packets into a savefile. They are gathered. What a failure left unwritten is kept for the
// next time; a file that can be shortened then ends with a whole record. After fork() only the
// owner writes, and no byte is written twice.
//
// A compressed file consists of parts that do not depend on each other. Each has what was gathered
// when it was written. So the file can be decoded up to its last whole part.
class SavefileWriter {
public:
    // Writes the head. "-": standard output. Throws Error, as all of them do.
    SavefileWriter(const std::string& path, const SavefileKind& kind);
    ~SavefileWriter() = default;
    SavefileWriter(const SavefileWriter&) = delete;
    SavefileWriter(SavefileWriter&&) = delete;
    SavefileWriter& operator=(const SavefileWriter&) = delete;
    SavefileWriter& operator=(SavefileWriter&&) = delete;

    // False: the link type cannot hold the packet, which is counted. If it fails, this packet is
    // not taken.
    bool write(const nflogcap_packet& packet);
    // Writes what is gathered.
    void flush();
    // The same, with what the file ends with: only the destructor may follow.
    void close();

    // Makes this process the owner.
    void take_over() { ownership_.take(); }

    // Bytes of the file as it will be when all is written, as if what is gathered were not
    // compressed.
    [[nodiscard]] std::uint64_t position() const noexcept { return done_.file + gathered_.size(); }
    // Packets that this process has written whole.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_packets_; }
    // Packets of this process that the link type cannot hold.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_packets_; }

private:
    // Of gathered_: a packet, with what the format has before it, or what the file begins or ends
    // with.
    struct Piece {
        std::size_t end;
        bool is_packet;
    };

    // Bytes that were written.
    struct Progress {
        std::uint64_t file = 0;    // of the file
        std::uint64_t content = 0; // before they were compressed; without a compression the same

        bool operator==(const Progress&) const = default;
    };

    [[nodiscard]] int write_gathered() noexcept;
    [[nodiscard]] int write_part();
    [[nodiscard]] std::size_t end_of_whole_pieces(std::size_t written) const noexcept;
    void require_ownership();
    std::size_t forget_written() noexcept;

    std::string path_;
    LinkType link_type_;
    std::unique_ptr<RecordFormat> format_;
    std::unique_ptr<Encoder> encoder_; // nullptr: the file is not compressed
    std::vector<std::uint8_t> frame_;  // the packet being written, if the link type is Ethernet
    Ownership ownership_{"savefile"};
    SavefileOutput output_;
    std::vector<char> gathered_;
    std::vector<Piece> pieces_;
    std::vector<char> part_;          // what is still to be written of a compressed part
    std::size_t content_of_part_ = 0; // bytes of gathered_ that it has
    std::uint64_t written_packets_ = 0;
    std::uint64_t skipped_packets_ = 0;
    std::uint64_t skipped_lost_ = 0;        // packets lost before those that were skipped last
    Progress done_;                         // before gathered_, and before part_ in the file
    Mapped<Progress> progress_{MAP_SHARED}; // of all processes
    bool failed_ = false;                   // the last attempt to write
};

} // namespace nflog
