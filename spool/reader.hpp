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

// A segment that is open, for as long as somebody has chunks of it: its bytes can be read even if
// the capture has removed it meanwhile.
class Segment {
public:
    Segment(const Directory& directory, std::uint64_t number);

    [[nodiscard]] std::uint64_t number() const { return number_; }
    // Replaces `savefile` by the head and the chunk's records. Throws nflog::Error, EBADMSG where
    // the records are damaged or are not all there.
    void read(const Chunk& chunk, std::string& savefile) const;

private:
    friend class Reader;
    std::uint64_t number_;
    std::string path_;
    nflog::FileDescriptor data_;
    nflog::FileDescriptor index_;
};

// Reads the chunks of a spool in their order, while a capture adds more.
class Reader {
public:
    // The oldest segment is the first.
    explicit Reader(const Directory& directory);

    struct Found {
        Chunk chunk;
        std::shared_ptr<const Segment> segment;
    };
    // What is there and was not returned before, of one segment at most: a caller that waits before
    // it asks again holds few files open. Nothing: there is no more now. Damaged lines are told to
    // `damaged`, once each, and passed over.
    //
    // What it returns is in the index on the disk, and not only in memory: after a loss of power no
    // later chunk gets a number that others have heard of.
    using Told = std::function<void(const std::string& words)>;
    std::vector<Found> next(const Told& damaged);

    // Becomes readable when there may be more: inotify(7). wait_over() empties it.
    [[nodiscard]] int fd() const { return changes_.get(); }
    void wait_over() const;

private:
    void read_lines(std::vector<Found>& found, const Told& damaged);
    bool open_following();

    const Directory& directory_;
    nflog::FileDescriptor changes_;
    std::shared_ptr<Segment> segment_; // null before the first
    std::uint64_t offset_ = 0;         // in its index
    std::string rest_;                 // of a line that is not whole yet
};

} // namespace spool
