// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "signals.hpp"
#include "status_line.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace command {

namespace {

constexpr std::size_t full = 65536; // bytes

} // namespace

Output::Output(StatusLine* status)
    : fd_(STDOUT_FILENO), name_("standard output"),
      status_(isatty(STDOUT_FILENO) == 1 ? status : nullptr)
{
    buffer_.reserve(2 * full);
}

Output::Output(int fd, std::string name) : fd_(fd), name_(std::move(name)), status_(nullptr)
{
    buffer_.reserve(2 * full);
}

Output::~Output()
{
    if (fd_ > STDERR_FILENO) // other code may still use the standard streams
        ::close(fd_);
}

void Output::fail(int error) const
{
    if (is_reader_gone(error, fd_))
        throw ReaderGone();
    throw Failure("cannot write to " + name_ + ": " + std::strerror(error) +
                  "; its last line may be cut off" + advice_on_writing(error));
}

void Output::flush_if_full()
{
    if (buffer_.size() >= full)
        flush();
}

void Output::flush()
{
    if (buffer_.empty())
        return;
    if (status_ != nullptr)
        status_->clear();
    std::size_t done = 0;
    StallDetector reader;
    while (done < buffer_.size()) {
        const ssize_t written = write(fd_, buffer_.data() + done, buffer_.size() - done);
        const int error = errno;
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
            continue;
        }
        // Another process that shares the descriptor has made it non-blocking.
        if (error == EAGAIN) {
            pollfd room{fd_, POLLOUT, 0};
            poll(&room, 1, -1);
        }
        if (reader.has_stalled(done)) {
            forget(done);
            throw stalled(name_);
        }
        if (error != EAGAIN && error != EINTR) {
            forget(done); // the rest stays in the buffer, and close() counts it as unwritten
            fail(error);
        }
    }
    forget(done);
    if (status_ != nullptr)
        status_->redraw();
}

void Output::close()
{
    flush();
    if (::close(std::exchange(fd_, -1)) < 0 && errno != EINTR)
        fail(errno);
}

void Output::forget(std::size_t written)
{
    buffer_.erase(0, written);
    written_ += written;
    packets_ += std::erase_if(ends_, [&](std::size_t end) { return end <= written; });
    for (std::size_t& end : ends_)
        end -= written;
}

bool is_reader_gone(int error, int fd)
{
    if (error != EIO)
        return error == EPIPE;
    // Poll() reports POLLHUP for a closed terminal, but not for a disk with an error.
    pollfd terminal{fd, 0, 0};
    return poll(&terminal, 1, 0) == 1 && (terminal.revents & POLLHUP) != 0;
}

} // namespace command
