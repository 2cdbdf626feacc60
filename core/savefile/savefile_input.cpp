// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_input.hpp"

#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace nflog {

namespace {

constexpr std::size_t read_bytes = 65536; // what a pipe holds
constexpr std::size_t max_kept_bytes = std::size_t{32} * 1024 * 1024;

// A FIFO's writer is waited for together with the first bytes, where a stop ends the wait too.
int open_input(const std::string& path)
{
    constexpr int flags = O_RDONLY | O_CLOEXEC;
    int fd = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                         : open(path.c_str(), flags | O_NONBLOCK);
    if (fd < 0 && errno == EWOULDBLOCK) // another process has a lease on the file: fcntl(2)
        fd = open(path.c_str(), flags);
    if (fd < 0)
        throw system_failure("cannot open the savefile " + path, errno);
    return fd;
}

} // namespace

SavefileInput::SavefileInput(const std::string& path, StopRequest stop)
    : path_(path), file_(open_input(path)), stop_(std::move(stop)), buffer_(read_bytes)
{
    if (const off_t offset = lseek(fd(), 0, SEEK_CUR); offset >= 0)
        offset_ = offset;
}

std::FILE* SavefileInput::open_stream() noexcept
{
    framing_.reset();
    taken_ = whole_ = head_left_ = 0;
    ended_ = false;
    error_ = 0;
    cookie_io_functions_t functions{};
    functions.read = &SavefileInput::take;
    return fopencookie(this, "r", functions);
}

bool SavefileInput::begin_records()
{
    in_head_ = false;
    find_whole_records();
    return ended_ || taken_ < whole_;
}

bool SavefileInput::gather()
{
    pollfd readable = {fd(), POLLIN, 0};
    const int ready = is_live() ? poll(&readable, 1, 0) : 1;
    if (ready == 0)
        return false;
    const ssize_t n = ready > 0 ? read() : -1;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        error_ = errno;
    ended_ = n == 0 || error_ != 0;
    find_whole_records();
    return ended_ || taken_ < whole_;
}

ssize_t SavefileInput::take(void* self, char* to, std::size_t size) noexcept
{
    auto& input = *static_cast<SavefileInput*>(self);
    if (input.in_head_ && input.taken_ == input.whole_)
        input.read_head();
    const std::size_t taken = std::min(size, input.whole_ - input.taken_);
    if (taken == 0 && input.error_ != 0)
        return -1;
    std::memcpy(to, input.buffer_.data() + input.taken_, taken);
    input.taken_ += taken;
    return static_cast<ssize_t>(taken);
}

// Waits for some of the head and lets the stream have it, but nothing behind a pcap file's head or
// a pcapng file's block, which may be the head's last: a stream reads ahead.
void SavefileInput::read_head() noexcept
{
    if (head_left_ == 0) {
        await(framing_ ? framing_->extent({}) : RecordFraming::head_bytes);
        const std::span<const char> bytes = std::span(buffer_).first(end_).subspan(taken_);
        if (!framing_)
            head_left_ = framing_.emplace(bytes).head_extent();
        else
            head_left_ = framing_->extent(bytes);
    }
    await(1);
    const std::size_t given = std::min(head_left_, end_ - taken_);
    head_left_ -= given;
    whole_ = taken_ + given;
}

// Waits until there are that many bytes, or the end of the file, or a stop.
void SavefileInput::await(std::size_t wanted) noexcept
{
    while (end_ - taken_ < wanted && !ended_) {
        // Until a FIFO has a writer, a read would return 0.
        if (is_live() && !await_readable()) {
            ended_ = true;
            return;
        }
        const ssize_t n = read();
        if (n < 0 && !(is_live() && errno == EAGAIN)) // another process may have read it
            error_ = errno;
        ended_ = n == 0 || error_ != 0;
    }
}

bool SavefileInput::await_readable() noexcept
{
    for (;;) {
        std::array<pollfd, 2> watched = {{{fd(), POLLIN, 0}, {stop_.fd, POLLIN, 0}}};
        const int count = poll(watched.data(), watched.size(), -1);
        const int code = count < 0 ? errno : 0;
        was_stopped_ = (count < 0 || watched[1].revents != 0) && stop_.check();
        if (was_stopped_)
            return false;
        error_ = code;
        if (count < 0 || watched[0].revents != 0)
            return count > 0;
    }
}

ssize_t SavefileInput::read() noexcept
{
    if (const int code = make_room(); code != 0) {
        errno = code;
        return -1;
    }
    const std::span<char> room = std::span(buffer_).subspan(end_);
    const ssize_t n = offset_ ? pread(fd(), room.data(), room.size(), *offset_)
                              : ::read(fd(), room.data(), room.size());
    if (n > 0) {
        end_ += static_cast<std::size_t>(n);
        if (offset_)
            *offset_ += n;
    }
    return n;
}

// Drops what the stream took, but keeps the head of a pipe, for another stream. Returns an errno.
int SavefileInput::make_room() noexcept
{
    if (!in_head_ || !is_live()) {
        std::memmove(buffer_.data(), buffer_.data() + taken_, end_ - taken_);
        whole_ -= taken_;
        end_ -= std::exchange(taken_, 0);
        return 0;
    }
    if (end_ < buffer_.size())
        return 0;
    if (buffer_.size() >= max_kept_bytes)
        return EFBIG;
    try {
        buffer_.resize(2 * buffer_.size());
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
    return 0;
}

void SavefileInput::find_whole_records()
{
    if (ended_) { // libpcap says what is wrong with the rest
        whole_ = end_;
        return;
    }
    for (;;) {
        const std::span<const char> rest = std::span(buffer_).first(end_).subspan(whole_);
        const std::size_t extent = framing_->extent(rest);
        if (extent > rest.size()) {
            buffer_.resize(std::max(buffer_.size(), extent));
            return;
        }
        whole_ += extent;
    }
}

} // namespace nflog
