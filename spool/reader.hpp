// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "chunk.hpp"
#include "directory.hpp"
#include "file_descriptor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spool {

constexpr std::size_t savefile_head_bytes = 24;

// An open segment. It stays open as long as a chunk of it is in use, so that its bytes can be read
// even if the capture has removed the file meanwhile.
class Segment {
public:
    Segment(const Directory& directory, std::uint64_t number);

    [[nodiscard]] std::uint64_t number() const { return number_; }
    // Replaces `savefile` by the head and the chunk's records. Throws nflog::Error; EBADMSG if the
    // records are damaged or incomplete.
    void read(const Chunk& chunk, std::string& savefile) const;

private:
    friend class Reader;
    std::uint64_t number_;
    std::string path_;
    nflog::FileDescriptor data_;
    nflog::FileDescriptor index_;
};

// Reads the chunks of a spool in order, while a capture adds more.
class Reader {
public:
    // Starts with the oldest segment.
    explicit Reader(const Directory& directory);

    struct Found {
        Chunk chunk;
        std::shared_ptr<const Segment> segment;
    };
    // Returns the chunks that were not returned before, from at most one segment, so that a caller
    // that waits between calls holds few files open. Empty: there are no more now. Calls
    // report_damage() once for each damaged line, and skips it.
    //
    // The index lines of the returned chunks are on the disk, not only in memory: after a loss of
    // power no later chunk gets a number that this has already returned.
    using Report = std::function<void(const std::string& words)>;
    std::vector<Found> next(const Report& report_damage);

    // Becomes readable when there may be more: inotify(7). wait_over() empties it.
    [[nodiscard]] int fd() const { return changes_.get(); }
    void wait_over() const;

private:
    void read_lines(std::vector<Found>& found, const Report& report_damage);
    bool open_following();

    const Directory& directory_;
    nflog::FileDescriptor changes_;
    std::shared_ptr<Segment> segment_; // nullptr before the first
    std::uint64_t offset_ = 0;         // in the segment's index
    std::string rest_;                 // the beginning of an incomplete line
};

} // namespace spool
