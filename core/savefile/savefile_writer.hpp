// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "link_type.hpp"
#include "mapped.hpp"
#include "ownership.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <string>
#include <vector>

namespace nflog {

// Writes packets into a savefile in libpcap's format. They are gathered. What a
// failure left unwritten is kept for the next time; a file that can be shortened then ends with a
// whole record. After fork() only the owner writes, and no byte is written twice.
class SavefileWriter {
public:
    // Writes the head. "-": standard output. Throws Error, as all of them do.
    SavefileWriter(const std::string& path, LinkType link_type);
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
    // The same, for the last time: only the destructor may follow.
    void close();

    // Makes this process the owner.
    void take_over() { ownership_.take(); }

    // Bytes of the file as it will be when all is written.
    [[nodiscard]] std::uint64_t position() const noexcept { return begin_ + gathered_.size(); }
    // Packets that this process has written whole.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_packets_; }
    // Packets of this process that the link type cannot hold.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_packets_; }

private:
    void gather(const void* bytes, std::size_t size);
    [[nodiscard]] std::size_t take_back(std::size_t written) const noexcept;
    void require_ownership();
    std::size_t forget_written() noexcept;

    std::string path_;
    LinkType link_type_;
    std::vector<std::uint8_t> frame_; // the packet being written, if the link type is Ethernet
    Ownership ownership_{"savefile"};
    FileDescriptor file_;
    std::vector<char> gathered_;
    std::vector<std::size_t> ends_; // of the records in gathered_
    std::uint64_t written_packets_ = 0;
    std::uint64_t skipped_packets_ = 0;
    std::uint64_t begin_ = 0;                   // place of gathered_ in the file
    Mapped<std::uint64_t> written_{MAP_SHARED}; // bytes of the file, by all processes
    bool failed_ = false;                       // the last attempt to write
};

} // namespace nflog
