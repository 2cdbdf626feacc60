// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.hpp"

#include "failure.hpp"
#include "status_line.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace command {

namespace {

constexpr std::size_t full = 65536; // bytes

[[noreturn]] void fail(int error)
{
    if (error == EPIPE)
        throw ReaderGone();
    throw Failure(std::string("cannot write to standard output: ") + std::strerror(error) +
                  "; what was written before is whole lines up to there");
}

} // namespace

Output::Output(StatusLine* status) : status_(isatty(STDOUT_FILENO) == 1 ? status : nullptr)
{
    buffer_.reserve(2 * full);
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
    while (done < buffer_.size()) {
        const ssize_t written = write(STDOUT_FILENO, buffer_.data() + done, buffer_.size() - done);
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
        } else if (errno == EAGAIN) { // who shares it with us has made it non-blocking
            pollfd room{STDOUT_FILENO, POLLOUT, 0};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            const int error = errno;
            buffer_.erase(0, done); // the rest stays, and is no less unwritten when this is closed
            fail(error);
        }
    }
    buffer_.clear();
    if (status_ != nullptr)
        status_->redraw();
}

void Output::close()
{
    flush();
    if (::close(STDOUT_FILENO) < 0 && errno != EINTR)
        fail(errno);
}

bool is_pipe(int fd)
{
    struct stat status = {};
    return fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

bool reader_gone(int fd)
{
    pollfd end{fd, 0, 0};
    return poll(&end, 1, 0) == 1 && (end.revents & (POLLERR | POLLHUP)) != 0;
}

} // namespace command
