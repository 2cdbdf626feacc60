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

// Gathers packets and writes them to a savefile. If a write fails, the unwritten bytes are kept for
// the next attempt. If the file can be shortened, it then ends with a complete record. After fork()
// only the owner writes, and no byte is written twice.
//
// A compressed file consists of parts that do not depend on each other. Each part contains the
// packets gathered since the previous part. Therefore a file can be decoded up to its last complete
// part.
class SavefileWriter {
public:
    // Writes the head of the file; "-": standard output. All functions throw Error.
    SavefileWriter(const std::string& path, const SavefileKind& kind);
    ~SavefileWriter() = default;
    SavefileWriter(const SavefileWriter&) = delete;
    SavefileWriter(SavefileWriter&&) = delete;
    SavefileWriter& operator=(const SavefileWriter&) = delete;
    SavefileWriter& operator=(SavefileWriter&&) = delete;

    // Returns false, and counts the packet as skipped, if the link type cannot represent it. If
    // this throws, the packet was not accepted.
    bool write(const nflogcap_packet& packet);
    // Writes the gathered packets.
    void flush();
    // Writes the gathered packets and the end of the file. After this, only the destructor may be
    // called.
    void close();

    // Makes this process the owner.
    void take_over() { ownership_.take(); }

    // The length that the file will have when everything is written. Gathered packets count with
    // their uncompressed size.
    [[nodiscard]] std::uint64_t position() const noexcept { return done_.file + gathered_.size(); }
    // Packets that this process has written completely.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_packets_; }
    // Packets of this process that the link type cannot represent.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_packets_; }

private:
    // A piece of gathered_: a packet with its preceding data, or the beginning or end of the file.
    struct Piece {
        std::size_t end;
        bool is_packet;
    };

    // Bytes written so far.
    struct Progress {
        std::uint64_t file = 0;    // in the file
        std::uint64_t content = 0; // before compression; without compression, the same as `file`

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
    std::vector<char> part_;          // bytes of a compressed part not yet written
    std::size_t content_of_part_ = 0; // bytes of gathered_ that part_ contains
    std::uint64_t written_packets_ = 0;
    std::uint64_t skipped_packets_ = 0;
    std::uint64_t skipped_lost_ =
        0;          // packets lost before the packets skipped since the last record
    Progress done_; // gathered_ and part_ begin at this position
    Mapped<Progress> progress_{MAP_SHARED}; // shared by all processes
    bool failed_ = false;                   // whether the last attempt to write failed
};

} // namespace nflog
