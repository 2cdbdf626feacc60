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

// When what is written is brought to the disk, so that it outlives a loss of power.
enum class Sync { segment, chunk, never };

// What a capture adds to a spool. The spool stays below its size: the oldest segment goes first.
// What was acknowledged is no loss then; the rest is counted as dropped, as is what a full disk has
// no room for. No failure of the disk is an error once the spool is open: it is told as trouble,
// and the packets are counted.
class Writer {
public:
    struct Settings {
        std::uint64_t max_bytes; // of all segments and their indexes together
        Sync sync;
        std::string head; // what a savefile begins with
    };

    // Takes over what an earlier process left: a chunk that it had not finished is cut off, and the
    // numbers go on. Throws nflog::Error.
    Writer(const std::string& path, Settings settings);

    // The last account of a group; one of zeros for a group that is new.
    [[nodiscard]] Account last_account(std::uint16_t group) const;

    // `account` is complete but for total and dropped.
    void add(std::uint16_t group, std::string_view records, Account account,
             const std::string& interfaces);

    // To be called about once a second: removes what was acknowledged long ago.
    void tick();

    struct Status {
        std::uint64_t bytes = 0;          // of all segments and their indexes
        std::uint64_t packets = 0;        // added by this process, and not dropped at once
        std::uint64_t dropped = 0;        // packets that this process has dropped
        std::uint64_t unacknowledged = 0; // chunks that are there
        std::string trouble;              // why the last chunk was not written; "": it was
    };
    [[nodiscard]] const Status& status() const { return status_; }

    // Brings the rest to the disk, as the settings say.
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
        Clock::time_point acknowledged_at{}; // all of it; not yet: the beginning of time
    };
    struct Group {
        std::uint64_t number = 0; // of its last chunk
        Account account;          // up to that
    };

    void recover();
    void recover(std::uint64_t number);
    void hear_acknowledged();
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
    std::uint64_t segment_bytes_; // at most, but for a chunk that is longer
    std::map<std::uint16_t, Group> groups_;
    Acknowledged acknowledged_;
    std::deque<Segment> segments_;   // the last is the one that is written, if it is open
    std::uint64_t last_segment_ = 0; // its number; it counts on
    nflog::FileDescriptor data_;     // of the segment that is written; -1: none is open
    nflog::FileDescriptor index_;    // likewise
    std::uint64_t data_end_ = 0;     // bytes
    std::uint64_t index_end_ = 0;    // bytes
    Status status_;
    Syncer syncer_;
};

} // namespace spool
