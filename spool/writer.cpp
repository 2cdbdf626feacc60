// SPDX-License-Identifier: GPL-2.0-or-later
#include "writer.hpp"

#include "crc32c.hpp"
#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace spool {

namespace {

// A broker writes acknowledged data to its disk up to two minutes later, and can lose the data
// until then. Therefore segments are kept for this time.
constexpr std::chrono::seconds kept_after_acknowledgement{150};

constexpr std::uint64_t usual_segment_bytes = std::uint64_t{4} << 20U;
constexpr std::uint64_t min_segments = 8; // minimum number of segments, also in a small spool
constexpr mode_t owner_only = 0600;

void write_at(int fd, std::string_view bytes, std::uint64_t offset)
{
    while (!bytes.empty()) {
        const ssize_t count = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw nflog::system_failure("cannot write", errno);
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
}

std::string read_all(int fd, const std::string& path)
{
    std::string content;
    constexpr std::size_t part_bytes = 65536;
    std::array<char, part_bytes> part{};
    for (;;) {
        const ssize_t count = read(fd, part.data(), part.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw nflog::system_failure("cannot read " + path, errno);
        if (count == 0)
            return content;
        content.append(part.data(), static_cast<std::size_t>(count));
    }
}

bool is_want_of_room(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

} // namespace

Writer::Writer(const std::string& path, Settings settings)
    : settings_(std::move(settings)), directory_(Directory::make(path)),
      segment_bytes_(std::min(usual_segment_bytes, settings_.max_bytes / min_segments))
{
    directory_.take(Directory::Role::writer);
    recover();
}

Account Writer::last_account(std::uint16_t group) const
{
    const auto found = groups_.find(group);
    return found == groups_.end() ? Account{} : found->second.account;
}

void Writer::add(std::uint16_t group, std::string_view records, Account account,
                 const std::string& interfaces)
{
    Group& own = groups_[group];
    try {
        append(group, records, account, interfaces);
        status_.packets += account.packets;
        status_.trouble.clear();
    } catch (const nflog::Error& error) {
        // The dropped chunk's number is not used again, so that the gap in the numbers shows that a
        // chunk is missing.
        ++own.number;
        account.total = own.account.total + account.packets;
        account.dropped = own.account.dropped + account.packets;
        own.account = account;
        status_.dropped += account.packets;
        status_.trouble = error.what();
    }
}

void Writer::append(std::uint16_t group, std::string_view records, const Account& account,
                    const std::string& interfaces)
{
    Group& own = groups_[group];
    for (;;) {
        try {
            make_room(records.size());
            if (data_.get() >= 0 && data_end_ + records.size() > segment_bytes_ &&
                data_end_ > settings_.head.size())
                end_segment();
            if (data_.get() < 0)
                begin_segment();
            Chunk chunk;
            chunk.group = group;
            chunk.number = own.number + 1;
            chunk.offset = data_end_;
            chunk.length = records.size();
            chunk.checksum = crc32c(records);
            chunk.account = account;
            chunk.account.total = own.account.total + account.packets;
            // Includes the packets that were dropped for this chunk.
            chunk.account.dropped = own.account.dropped;
            chunk.interfaces = interfaces;
            write_chunk(chunk, records);
            own = {chunk.number, chunk.account};
            return;
        } catch (const nflog::Error& error) {
            if (!is_want_of_room(error.code()) || !can_drop())
                throw;
            drop_oldest();
        }
    }
}

// Writes either the complete chunk or nothing.
void Writer::write_chunk(const Chunk& chunk, std::string_view records)
{
    const std::string line = chunk.line();
    const std::string what = directory_.path() + "/" + segment_name(last_segment_);
    try {
        write_at(data_.get(), records, data_end_);
        if (settings_.sync == Sync::chunk && fdatasync(data_.get()) < 0)
            throw nflog::system_failure("cannot sync it to the disk", errno);
        write_at(index_.get(), line, index_end_);
        if (settings_.sync == Sync::chunk && fdatasync(index_.get()) < 0)
            throw nflog::system_failure("cannot sync its index to the disk", errno);
    } catch (const nflog::Error& error) {
        // Shortening a file needs no space on the disk. It fails only if the disk accepts no writes
        // at all.
        if (ftruncate(data_.get(), static_cast<off_t>(data_end_)) < 0 ||
            ftruncate(index_.get(), static_cast<off_t>(index_end_)) < 0)
            end_segment();
        throw nflog::Error(error.code(), what + ": " + error.what());
    }
    data_end_ += records.size();
    index_end_ += line.size();
    Segment& segment = segments_.back();
    segment.data_bytes = data_end_;
    segment.index_bytes = index_end_;
    segment.chunks.push_back({chunk.group, chunk.number, chunk.account.packets});
    segment.acknowledged_at = {};
    status_.bytes += records.size() + line.size();
    ++status_.unacknowledged;
}

Chunk Writer::account_alone(std::uint16_t group, const Group& of_group, std::uint64_t offset)
{
    Chunk chunk;
    chunk.group = group;
    chunk.number = of_group.number;
    chunk.offset = offset;
    chunk.checksum = crc32c({});
    chunk.account = of_group.account;
    chunk.account.packets = 0;
    return chunk;
}

void Writer::begin_segment()
{
    const std::uint64_t number = ++last_segment_;
    const auto create = [&](const std::string& name) {
        nflog::FileDescriptor file(openat(directory_.fd(), name.c_str(),
                                          O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, owner_only));
        if (file.get() < 0)
            throw nflog::system_failure("cannot create " + directory_.path() + "/" + name, errno);
        return file;
    };
    nflog::FileDescriptor data = create(segment_name(number));
    try {
        write_at(data.get(), settings_.head, 0);
        nflog::FileDescriptor index = create(index_name(number));
        data_ = std::move(data);
        index_ = std::move(index);
    } catch (const nflog::Error& error) {
        remove_files(number);
        throw nflog::Error(error.code(),
                           directory_.path() + "/" + segment_name(number) + ": " + error.what());
    }
    data_end_ = settings_.head.size();
    index_end_ = 0;
    segments_.push_back({number, data_end_, index_end_, {}, {}});
    status_.bytes += data_end_;
    // The new segment gets a line with the last number of each group, so that later numbers
    // continue from it.
    for (auto& [group, of_group] : groups_) {
        if (of_group.number == 0)
            continue;
        ++of_group.number;
        write_chunk(account_alone(group, of_group, data_end_), {});
    }
}

void Writer::end_segment()
{
    const std::string name = directory_.path() + "/" + segment_name(last_segment_);
    if (settings_.sync == Sync::segment) {
        syncer_.sync(std::exchange(data_, nflog::FileDescriptor()), name);
        syncer_.sync(std::exchange(index_, nflog::FileDescriptor()), name);
    }
    data_ = nflog::FileDescriptor();
    index_ = nflog::FileDescriptor();
}

void Writer::make_room(std::uint64_t bytes)
{
    // Size of a new segment's index, with one line for each group.
    constexpr std::uint64_t of_a_new_segment = 65536;
    while (status_.bytes + bytes + of_a_new_segment > settings_.max_bytes && can_drop())
        drop_oldest();
}

bool Writer::can_drop() const
{
    return segments_.size() > 1 || (segments_.size() == 1 && !segments_.front().chunks.empty());
}

void Writer::drop_oldest()
{
    Segment& segment = segments_.front();
    read_acknowledged();
    for (const Kept& chunk : segment.chunks) {
        if (is_acknowledged(chunk))
            continue;
        groups_[chunk.group].account.dropped += chunk.packets;
        status_.dropped += chunk.packets;
        --status_.unacknowledged;
    }
    segment.chunks.clear();
    if (segments_.size() > 1) {
        remove_oldest();
        return;
    }
    end_segment();
    empty(segment);
}

// Removes the packets of the last segment but keeps its index, because the index contains the last
// numbers. The next process needs them.
void Writer::empty(Segment& segment)
{
    const std::string name = segment_name(segment.number);
    const nflog::FileDescriptor data(openat(directory_.fd(), name.c_str(), O_WRONLY | O_CLOEXEC));
    if (ftruncate(data.get(), static_cast<off_t>(settings_.head.size())) < 0)
        throw nflog::system_failure("cannot empty " + directory_.path() + "/" + name, errno);
    status_.bytes -= segment.data_bytes - settings_.head.size();
    segment.data_bytes = settings_.head.size();
    std::string lines;
    for (const auto& [group, of_group] : groups_)
        if (of_group.number > 0)
            lines += account_alone(group, of_group, settings_.head.size()).line();
    directory_.replace(index_name(segment.number), lines);
    status_.bytes += lines.size();
    status_.bytes -= segment.index_bytes;
    segment.index_bytes = lines.size();
}

void Writer::remove_oldest()
{
    status_.bytes -= segments_.front().data_bytes + segments_.front().index_bytes;
    remove_files(segments_.front().number);
    segments_.pop_front();
}

// Removes a segment's files. A failure is ignored: a file without an index is unused, and a file
// with an index is found at the next start.
void Writer::remove_files(std::uint64_t number)
{
    unlinkat(directory_.fd(), index_name(number).c_str(), 0);
    unlinkat(directory_.fd(), segment_name(number).c_str(), 0);
}

bool Writer::is_acknowledged(const Kept& chunk) const
{
    const auto found = acknowledged_.find(chunk.group);
    return found != acknowledged_.end() && chunk.number <= found->second;
}

void Writer::read_acknowledged()
{
    acknowledged_ = directory_.acknowledged();
    status_.unacknowledged = 0;
    for (const Segment& segment : segments_)
        status_.unacknowledged += static_cast<std::uint64_t>(std::ranges::count_if(
            segment.chunks, [this](const Kept& chunk) { return !is_acknowledged(chunk); }));
}

void Writer::tick()
{
    if (std::string trouble = syncer_.take_trouble(); !trouble.empty())
        status_.trouble = std::move(trouble);
    read_acknowledged();
    const Clock::time_point now = Clock::now();
    for (Segment& segment : segments_) {
        if (!std::ranges::all_of(segment.chunks,
                                 [this](const Kept& chunk) { return is_acknowledged(chunk); }))
            break;
        if (segment.acknowledged_at == Clock::time_point{})
            segment.acknowledged_at = now;
    }
    // The last segment stays, because its index contains the groups' last numbers.
    while (segments_.size() > 1 && segments_.front().acknowledged_at != Clock::time_point{} &&
           now - segments_.front().acknowledged_at >= kept_after_acknowledgement)
        remove_oldest();
}

void Writer::close()
{
    if (data_.get() >= 0)
        end_segment();
}

void Writer::recover()
{
    for (const std::uint64_t number : directory_.segments()) {
        recover(number);
        last_segment_ = number;
    }
    read_acknowledged();
}

void Writer::recover(std::uint64_t number)
{
    const auto open = [&](const std::string& name) {
        nflog::FileDescriptor file(
            openat(directory_.fd(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only));
        if (file.get() < 0)
            throw nflog::system_failure("cannot open " + directory_.path() + "/" + name, errno);
        return file;
    };
    const nflog::FileDescriptor index = open(index_name(number));
    const nflog::FileDescriptor data = open(segment_name(number));
    const std::string lines = read_all(index.get(), directory_.path() + "/" + index_name(number));
    Segment segment{number, settings_.head.size(), 0, {}, {}};
    std::string_view rest = lines;
    for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
        if (const std::optional<Chunk> chunk = Chunk::parse(rest.substr(0, end))) {
            segment.chunks.push_back({chunk->group, chunk->number, chunk->account.packets});
            segment.data_bytes = std::max(segment.data_bytes, chunk->offset + chunk->length);
            Group& group = groups_[chunk->group];
            if (chunk->number > group.number)
                group = {chunk->number, chunk->account};
        }
        rest.remove_prefix(end + 1);
        segment.index_bytes = lines.size() - rest.size();
    }
    // Removes the incomplete data that an earlier process left at the end.
    struct stat status {};
    if (fstat(data.get(), &status) < 0)
        throw nflog::system_failure("cannot read " + directory_.path(), errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if ((size > segment.data_bytes &&
         ftruncate(data.get(), static_cast<off_t>(segment.data_bytes)) < 0) ||
        (lines.size() > segment.index_bytes &&
         ftruncate(index.get(), static_cast<off_t>(segment.index_bytes)) < 0))
        throw nflog::system_failure("cannot cut off incomplete data in " + directory_.path() + "/" +
                                        segment_name(number),
                                    errno);
    segment.data_bytes = std::min(segment.data_bytes, size);
    status_.bytes += segment.data_bytes + segment.index_bytes;
    segments_.push_back(std::move(segment));
}

} // namespace spool
