// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_output.hpp"

#include "error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace nflog {

namespace {

int open_output(const std::string& path)
{
    constexpr mode_t readable_and_writable = 0666; // minus the umask
    const int fd = path == "-" ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                               : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                                      readable_and_writable);
    if (fd < 0)
        throw system_failure("cannot create the savefile " + path, errno);
    return fd;
}

// Whether a signal ended a write early. A write to a pipe accepts all bytes unless a signal
// arrives, or a process that shares the pipe made it non-blocking. A write to a disk can also end
// early because of an error, which the next write returns.
bool was_interrupted(int fd) noexcept
{
    return lseek(fd, 0, SEEK_CUR) < 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

} // namespace

SavefileOutput::SavefileOutput(const std::string& path) : file_(open_output(path)) {}

std::size_t SavefileOutput::write_some(std::span<const char> bytes, int& code) const noexcept
{
    const ssize_t n = ::write(file_.get(), bytes.data(), bytes.size());
    if (n >= 0) {
        const auto count = static_cast<std::size_t>(n);
        if (count < bytes.size() && was_interrupted(file_.get()))
            code = EINTR;
        return count;
    }
    code = errno;
    if (code == EAGAIN) {
        pollfd writable = {file_.get(), POLLOUT, 0};
        code = poll(&writable, 1, -1) > 0 ? 0 : errno;
    }
    return 0;
}

bool SavefileOutput::shorten(std::size_t bytes) const noexcept
{
    const off_t end = lseek(file_.get(), 0, SEEK_CUR);
    const off_t shorter = end - static_cast<off_t>(bytes);
    // The order matters: even if ftruncate() and the second lseek() fail, no later bytes are
    // written after a gap.
    if (end < 0 || lseek(file_.get(), shorter, SEEK_SET) < 0)
        return false;
    if (ftruncate(file_.get(), shorter) == 0)
        return true;
    lseek(file_.get(), end, SEEK_SET);
    return false;
}

int SavefileOutput::close() noexcept
{
    return ::close(file_.release()) == 0 ? 0 : errno;
}

} // namespace nflog
