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

// When written data is synced to the disk, so that it survives a loss of power.
enum class Sync { segment, chunk, never };

// Adds chunks to a spool for a capture. The spool stays below its size limit: the oldest segment is
// removed first. Removing acknowledged packets is not a loss; other removed packets are counted as
// dropped, and so are packets for which a full disk has no room. When the spool is open, a failure
// of the disk is not an error: it is reported as trouble, and the packets are counted.
class Writer {
public:
    struct Settings {
        std::uint64_t max_bytes; // of all segments and their indexes together
        Sync sync;
        std::string head; // the beginning of each savefile
    };

    // Takes over the spool of an earlier process: an incomplete chunk is cut off, and the numbers
    // continue. Throws nflog::Error.
    Writer(const std::string& path, Settings settings);

    // The last account of a group; all zeros for a new group.
    [[nodiscard]] Account last_account(std::uint16_t group) const;

    // `account` is complete except for total and dropped.
    void add(std::uint16_t group, std::string_view records, Account account,
             const std::string& interfaces);

    // Must be called about once a second: removes segments that were acknowledged long ago.
    void tick();

    struct Status {
        std::uint64_t bytes = 0;          // of all segments and their indexes
        std::uint64_t packets = 0;        // added by this process and not dropped at once
        std::uint64_t dropped = 0;        // packets dropped by this process
        std::uint64_t unacknowledged = 0; // chunks in the spool that are not acknowledged
        std::string trouble;              // why the last chunk was not written; "": it was written
    };
    [[nodiscard]] const Status& status() const { return status_; }

    // Syncs the rest to the disk, according to the settings.
    void close();

private:
    using Clock = std::chrono::steady_clock;

    struct Kept { // a chunk in a segment
        std::uint16_t group;
        std::uint64_t number;
        std::uint64_t packets;
    };
    struct Segment {
        std::uint64_t number = 0;
        std::uint64_t data_bytes = 0;
        std::uint64_t index_bytes = 0;
        std::vector<Kept> chunks;
        Clock::time_point acknowledged_at{}; // when all of it was acknowledged; zero: not yet
    };
    struct Group {
        std::uint64_t number = 0; // of its last chunk
        Account account;          // up to that chunk
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
    std::uint64_t segment_bytes_; // the maximum, unless one chunk is longer
    std::map<std::uint16_t, Group> groups_;
    Acknowledged acknowledged_;
    std::deque<Segment> segments_;   // the last one is being written, if it is open
    std::uint64_t last_segment_ = 0; // number of the newest segment
    nflog::FileDescriptor data_;     // of the segment being written; -1: none is open
    nflog::FileDescriptor index_;    // of the segment being written; -1: none is open
    std::uint64_t data_end_ = 0;     // bytes
    std::uint64_t index_end_ = 0;    // bytes
    Status status_;
    Syncer syncer_;
};

} // namespace spool
