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

// An open segment. It stays open while one of its chunks is in use, so that its bytes can be read
// even after the capture has removed the file.
class Segment {
public:
    Segment(const Directory& directory, std::uint64_t number);

    [[nodiscard]] std::uint64_t number() const { return number_; }
    // Sets `savefile` to the savefile's head and the chunk's records. Throws nflog::Error; EBADMSG
    // if the records are damaged or incomplete.
    void read(const Chunk& chunk, std::string& savefile) const;

private:
    friend class Reader;
    std::uint64_t number_;
    std::string path_;
    nflog::FileDescriptor data_;
    nflog::FileDescriptor index_;
};

// Reads the chunks of a spool in order, while a capture may add more.
class Reader {
public:
    // Begins with the oldest segment.
    explicit Reader(const Directory& directory);

    struct Found {
        Chunk chunk;
        std::shared_ptr<const Segment> segment;
    };
    // Returns chunks that were not returned before. The result is empty if the spool
    // contains no further chunk now. All chunks of a result are of one segment, so that a caller
    // that keeps them holds few files open. Calls report_damage() once for each damaged line, and
    // skips the line.
    //
    // The index lines of the returned chunks are on the disk, not only in memory. Therefore, after
    // a loss of power, no new chunk gets the number of a returned chunk.
    using Report = std::function<void(const std::string& words)>;
    std::vector<Found> next(const Report& report_damage);

    // Returns an inotify(7) descriptor, which becomes readable when there may be more chunks.
    // wait_over() reads its events.
    [[nodiscard]] int fd() const { return changes_.get(); }
    void wait_over() const;

private:
    void read_lines(std::vector<Found>& found, const Report& report_damage);
    bool open_following();

    const Directory& directory_;
    nflog::FileDescriptor changes_;
    std::shared_ptr<Segment> segment_; // nullptr before the first segment
    std::uint64_t offset_ = 0;         // position in the segment's index
    std::string rest_;                 // the beginning of a line that is not complete yet
};

} // namespace spool
