// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <poll.h>
#include <utility>

namespace nflog {

namespace {

// This is large, so that a read costs little compared with the packets that it returns. But it is
// also small, so that the bytes are still in the cache when they are parsed.
constexpr std::size_t read_bytes = std::size_t{128} * 1024;
constexpr std::size_t max_kept_bytes = std::size_t{32} * 1024 * 1024;

} // namespace

SavefileInput::SavefileInput(const std::string& path, StopRequest stop)
    : content_(path), stop_(std::move(stop)), pages_(read_bytes / page_bytes)
{
}

std::FILE* SavefileInput::open_stream() noexcept
{
    framing_.reset();
    taken_ = whole_ = head_left_ = 0;
    ended_ = false;
    error_ = 0;
    cookie_io_functions_t functions{};
    functions.read = &SavefileInput::read_stream;
    return fopencookie(this, "r", functions);
}

void SavefileInput::gather()
{
    // A record may begin at any offset in a page
    const std::size_t needed = page_bytes - 1 + wanted();
    if (needed > capacity())
        pages_.resize((needed + page_bytes - 1) / page_bytes);
    pollfd readable = {content_.fd(), POLLIN, 0};
    const int ready = may_read_on() ? 1 : poll(&readable, 1, 0);
    if (ready == 0)
        return;
    const ssize_t n = ready > 0 ? read() : -1;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        error_ = errno;
    ended_ = n == 0 || error_ != 0;
}

ssize_t SavefileInput::read_stream(void* self, char* to, std::size_t size) noexcept
{
    auto& input = *static_cast<SavefileInput*>(self);
    if (input.taken_ == input.whole_) {
        if (input.in_head_)
            input.read_head();
        else
            input.find_whole_records();
    }
    const std::size_t taken = std::min(size, input.whole_ - input.taken_);
    if (taken == 0 && input.error_ != 0)
        return -1;
    std::memcpy(to, input.bytes() + input.taken_, taken);
    input.taken_ += taken;
    return static_cast<ssize_t>(taken);
}

// Waits for the next part of the head and gives it to the stream. The part is a pcap file's head or
// a block of a pcapng file, which may be the last block of the head. The stream gets nothing after
// it, because a stream reads ahead.
void SavefileInput::read_head() noexcept
{
    if (head_left_ == 0) {
        await(framing_ ? framing_->extent({}) : RecordFraming::head_bytes);
        if (!framing_)
            head_left_ = framing_.emplace(rest()).head_extent();
        else
            head_left_ = wanted();
    }
    await(1);
    const std::size_t given = std::min(head_left_, end_ - taken_);
    head_left_ -= given;
    whole_ = taken_ + given;
}

// Waits until `wanted` bytes are available, the file ends, or a stop is requested.
void SavefileInput::await(std::size_t wanted) noexcept
{
    while (end_ - taken_ < wanted && !ended_) {
        // If a FIFO has no writer yet, a read returns 0. Therefore this waits before it reads.
        if (!may_read_on() && !await_readable()) {
            ended_ = true;
            return;
        }
        const ssize_t n = read();
        if (n < 0 && errno != EAGAIN) // EAGAIN: another process may have read the bytes
            error_ = errno;
        ended_ = n == 0 || error_ != 0;
    }
}

bool SavefileInput::await_readable() noexcept
{
    for (;;) {
        std::array<pollfd, 2> watched = {{{content_.fd(), POLLIN, 0}, {stop_.fd, POLLIN, 0}}};
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
    const ssize_t n = content_.read({bytes() + end_, capacity() - end_});
    if (n > 0) {
        end_ += static_cast<std::size_t>(n);
        position_ += static_cast<std::size_t>(n);
    }
    return n;
}

// Makes room for a read. Drops the bytes that were taken, but keeps the head of a pipe for another
// stream. Returns 0 or an errno.
int SavefileInput::make_room() noexcept
{
    if (!in_head_ || !content_.is_live()) {
        const std::size_t size = end_ - taken_;
        const std::size_t begin = (position_ - size) % page_bytes;
        std::memmove(bytes() + begin, bytes() + taken_, size);
        taken_ = whole_ = begin;
        end_ = begin + size;
        return 0;
    }
    if (end_ < capacity())
        return 0;
    if (capacity() >= max_kept_bytes)
        return EFBIG;
    try {
        pages_.resize(2 * pages_.size());
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
    return 0;
}

// Returns the length of the next record. If the record is incomplete, the result is greater than
// the number of available bytes.
std::size_t SavefileInput::wanted() noexcept
{
    return framing_->extent(rest());
}

void SavefileInput::find_whole_records() noexcept
{
    if (ended_) { // the rest may be damaged; libpcap reports this
        whole_ = end_;
        return;
    }
    for (;;) {
        const std::size_t extent = framing_->extent(rest().subspan(whole_ - taken_));
        if (extent > end_ - whole_)
            return;
        whole_ += extent;
    }
}

} // namespace nflog
