// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "chunk.hpp"
#include "directory.hpp"
#include "file_descriptor.hpp"
#include "syncer.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spool {

// When written data is synchronized to the disk. Data that is not synchronized is lost if the power
// fails.
enum class Sync { segment, chunk, never };

// Adds the chunks of a capture to a spool. If the spool reaches its size limit, the oldest segment
// is removed first. Removed packets that were acknowledged are not lost. Other removed packets are
// counted as dropped, and so are packets for which a full disk has no space. If the disk fails
// after the spool was opened, this is not an error: it is reported in Status::trouble, and the
// packets are counted.
class Writer {
public:
    struct Settings {
        std::uint64_t max_bytes; // maximum size of all segments and their indexes together
        Sync sync;
        std::string head; // the beginning of each segment, which is a savefile
    };

    // Continues the spool of an earlier process: removes an incomplete chunk, and continues the
    // numbers. Throws nflog::Error.
    Writer(const std::string& path, Settings settings);

    // Returns the last account of a group; for a new group, all its numbers are zero.
    [[nodiscard]] Account last_account(std::uint16_t group) const;

    // The caller sets all members of `account` except total and dropped.
    void add(std::uint16_t group, std::string_view records, Account account,
             const std::string& interfaces);

    // Removes segments that were acknowledged long ago. Call this about once a second.
    void tick();

    struct Status {
        std::uint64_t bytes = 0;   // size of all segments and their indexes
        std::uint64_t packets = 0; // packets that this process added and did not drop at once
        std::uint64_t dropped = 0; // packets that this process dropped
        std::uint64_t unacknowledged = 0; // chunks in the spool that are not acknowledged
        std::string trouble; // why the last chunk could not be written; "": it was written
    };
    [[nodiscard]] const Status& status() const { return status_; }

    // Synchronizes the remaining data to the disk, unless the settings exclude it.
    void close();

private:
    using Clock = std::chrono::steady_clock;

    struct Kept { // a chunk that a segment contains
        std::uint16_t group;
        std::uint64_t number;
        std::uint64_t packets;
    };
    struct Segment {
        std::uint64_t number = 0;
        std::uint64_t data_bytes = 0;
        std::uint64_t index_bytes = 0;
        std::vector<Kept> chunks;
        // When the last chunk was acknowledged; zero: not all chunks are.
        Clock::time_point acknowledged_at{};
    };
    struct Group {
        std::uint64_t number = 0; // number of the group's last chunk
        Account account;          // account of that chunk
    };

    void recover();
    void recover(std::uint64_t number);
    void read_acknowledged();
    [[nodiscard]] bool is_acknowledged(const Kept& chunk) const;
    void begin_segment();
    void end_segment();
    void append(std::uint16_t group, std::string_view records, const Account& account,
                const std::string& interfaces);
    void write_chunk(const Chunk& chunk, std::string_view records);
    static Chunk account_alone(std::uint16_t group, const Group& of_group, std::uint64_t offset);
    void make_room(std::uint64_t bytes);
    [[nodiscard]] bool can_drop() const;
    void drop_oldest();
    void empty(Segment& segment);
    void remove_oldest();
    void remove_files(std::uint64_t number);

    Settings settings_;
    Directory directory_;
    std::uint64_t segment_bytes_; // maximum size of a segment, unless a single chunk is longer
    std::map<std::uint16_t, Group> groups_;
    Acknowledged acknowledged_;
    std::deque<Segment> segments_;   // if a segment is open for writing, it is the last one
    std::uint64_t last_segment_ = 0; // number of the newest segment
    nflog::FileDescriptor data_;     // the open segment; -1: none is open
    nflog::FileDescriptor index_;    // the open segment's index; -1: none is open
    std::uint64_t data_end_ = 0;     // size of the open segment, in bytes
    std::uint64_t index_end_ = 0;    // size of the open segment's index, in bytes
    Status status_;
    Syncer syncer_;
};

} // namespace spool
