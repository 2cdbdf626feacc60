// SPDX-License-Identifier: GPL-2.0-or-later
#include "reader.hpp"

#include "crc32c.hpp"
#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace spool {

namespace {

nflog::FileDescriptor open_in(const Directory& directory, const std::string& name)
{
    nflog::FileDescriptor file(openat(directory.fd(), name.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        throw nflog::system_failure("cannot open " + directory.path() + "/" + name, errno);
    return file;
}

// Reads `wanted` bytes, or fewer at the end of the file. Returns the number of bytes read.
std::size_t read_at(int fd, char* to, std::size_t wanted, std::uint64_t offset,
                    const std::string& path)
{
    std::size_t done = 0;
    while (done < wanted) {
        const ssize_t count =
            pread(fd, to + done, wanted - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw nflog::system_failure("cannot read " + path, errno);
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

} // namespace

Segment::Segment(const Directory& directory, std::uint64_t number)
    : number_(number), path_(directory.path() + "/" + segment_name(number)),
      data_(open_in(directory, segment_name(number))),
      index_(open_in(directory, index_name(number)))
{
}

void Segment::read(const Chunk& chunk, std::string& savefile) const
{
    struct stat status {};
    if (fstat(data_.get(), &status) < 0)
        throw nflog::system_failure("cannot read " + path_, errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const std::string what = "chunk " + std::to_string(chunk.number) + " of group " +
                             std::to_string(chunk.group) + " in " + path_;
    if (chunk.offset > size || chunk.length > size - chunk.offset)
        throw nflog::Error(EBADMSG, what + " is cut off");
    savefile.resize(savefile_head_bytes + chunk.length);
    std::size_t done = read_at(data_.get(), savefile.data(), savefile_head_bytes, 0, path_);
    done += read_at(data_.get(), savefile.data() + savefile_head_bytes, chunk.length, chunk.offset,
                    path_);
    if (done != savefile.size())
        throw nflog::Error(EBADMSG, what + " is cut off");
    if (crc32c(std::string_view(savefile).substr(savefile_head_bytes)) != chunk.checksum)
        throw nflog::Error(EBADMSG, what + " is damaged: its checksum does not match");
}

Reader::Reader(const Directory& directory)
    : directory_(directory), changes_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK))
{
    if (changes_.get() < 0)
        throw nflog::system_failure("cannot watch the spool " + directory.path(), errno);
    if (inotify_add_watch(changes_.get(), directory.path().c_str(), IN_CREATE | IN_MODIFY) < 0)
        throw nflog::system_failure("cannot watch the spool " + directory.path(), errno);
}

std::vector<Reader::Found> Reader::next(const Report& report_damage)
{
    std::vector<Found> found;
    if (!segment_ && !open_following())
        return found;
    for (;;) {
        read_lines(found, report_damage);
        if (!found.empty())
            return found;
        const std::shared_ptr<Segment> before = segment_;
        if (!open_following())
            return found;
        // The capture has finished the previous segment. The lines that it added meanwhile are the
        // last lines of that segment.
        const std::shared_ptr<Segment> following = std::exchange(segment_, before);
        read_lines(found, report_damage);
        if (!rest_.empty())
            report_damage("the last line of " + directory_.path() + "/" +
                          index_name(before->number()) + " is cut off");
        segment_ = following;
        offset_ = 0;
        rest_.clear();
    }
}

// Opens the segment after the current one. Searches the directory only if the capture has removed
// segments that were not read.
bool Reader::open_following()
{
    std::uint64_t number = segment_ ? segment_->number() + 1 : 0;
    if (segment_ && faccessat(directory_.fd(), index_name(number).c_str(), F_OK, 0) < 0) {
        struct stat status {};
        if (fstat(segment_->index_.get(), &status) == 0 && status.st_nlink > 0)
            return false;
    }
    for (int attempt = 0;; ++attempt) {
        // The capture may remove a segment between the search and the opening.
        constexpr int max_attempts = 10;
        const std::vector<std::uint64_t> numbers = directory_.segments();
        const auto later = std::ranges::lower_bound(numbers, number);
        if (later == numbers.end())
            return false;
        try {
            segment_ = std::make_shared<Segment>(directory_, *later);
            if (fsync(directory_.fd()) < 0)
                throw nflog::system_failure(
                    "cannot sync the spool " + directory_.path() + " to the disk", errno);
            return true;
        } catch (const nflog::Error& error) {
            if (error.code() != ENOENT || attempt == max_attempts)
                throw;
            number = *later;
        }
    }
}

void Reader::read_lines(std::vector<Found>& found, const Report& report_damage)
{
    const std::string path = directory_.path() + "/" + index_name(segment_->number());
    const std::uint64_t before = offset_;
    constexpr std::size_t part_bytes = 65536;
    std::array<char, part_bytes> part{};
    while (const std::size_t count =
               read_at(segment_->index_.get(), part.data(), part.size(), offset_, path)) {
        offset_ += count;
        rest_.append(part.data(), count);
    }
    if (offset_ > before && fdatasync(segment_->index_.get()) < 0)
        throw nflog::system_failure("cannot sync " + path + " to the disk", errno);
    std::string_view text = rest_;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
        if (std::optional<Chunk> chunk = Chunk::parse(text.substr(0, end)))
            found.push_back({std::move(*chunk), segment_});
        else
            report_damage("a line of " + path + " is damaged; its chunk is skipped");
        text.remove_prefix(end + 1);
    }
    rest_.erase(0, rest_.size() - text.size());
}

void Reader::wait_over() const
{
    constexpr std::size_t max_bytes = 16384;
    std::array<char, max_bytes> events{};
    while (read(changes_.get(), events.data(), events.size()) > 0) {
    }
}

} // namespace spool
