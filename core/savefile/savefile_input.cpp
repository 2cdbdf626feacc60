// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_input.hpp"

#include "error.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nflog {

namespace {

int open_input(const std::string& path)
{
    const int fd = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                               : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        throw system_failure("cannot open the savefile " + path, errno);
    return fd;
}

bool is_made_meanwhile(int fd)
{
    struct stat status {};
    return (fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))) ||
           isatty(fd) == 1;
}

} // namespace

SavefileInput::SavefileInput(const std::string& path)
    : file_(open_input(path)), is_live_(is_made_meanwhile(file_.get()))
{
    constexpr std::size_t room_of_a_pipe = 65536;
    if (is_live_)
        buffer_.resize(room_of_a_pipe);
}

std::FILE* SavefileInput::open_stream() noexcept
{
    cookie_io_functions_t functions{};
    functions.read = &SavefileInput::take;
    std::FILE* stream = fopencookie(this, "r", functions);
    if (stream != nullptr && is_live_)
        std::setbuf(stream, nullptr);
    return stream;
}

bool SavefileInput::is_ready() const noexcept
{
    pollfd readable = {fd(), POLLIN, 0};
    return has_backlog() || poll(&readable, 1, 0) != 0; // where it fails the read tells why
}

// A stream without a buffer asks for each byte on its own.
ssize_t SavefileInput::take(void* self, char* to, std::size_t size) noexcept
{
    auto& input = *static_cast<SavefileInput*>(self);
    if (!input.is_live_)
        return input.read({to, size});
    if (input.gathered_.empty()) {
        const ssize_t n = input.read(input.buffer_);
        if (n <= 0)
            return n;
        input.gathered_ = std::span(input.buffer_).first(static_cast<std::size_t>(n));
    }
    const std::span<char> taken = input.gathered_.first(std::min(size, input.gathered_.size()));
    std::ranges::copy(taken, to);
    input.gathered_ = input.gathered_.subspan(taken.size());
    return static_cast<ssize_t>(taken.size());
}

ssize_t SavefileInput::read(std::span<char> to) noexcept
{
    for (;;) {
        const ssize_t n = ::read(fd(), to.data(), to.size());
        if (n >= 0)
            return n;
        if (errno == EAGAIN) { // whoever shares it made it non-blocking
            pollfd readable = {fd(), POLLIN, 0};
            if (poll(&readable, 1, -1) > 0)
                continue;
        }
        if (errno != EINTR || !through_signals_) {
            error_ = errno;
            return -1;
        }
    }
}

} // namespace nflog
