// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_input.hpp"

#include "error.hpp"

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
}

std::FILE* SavefileInput::open_stream() noexcept
{
    cookie_io_functions_t functions{};
    functions.read = &SavefileInput::read;
    std::FILE* stream = fopencookie(this, "r", functions);
    if (stream != nullptr && is_live_)
        std::setbuf(stream, nullptr);
    return stream;
}

bool SavefileInput::is_ready() const noexcept
{
    pollfd readable = {fd(), POLLIN, 0};
    return !is_live_ || poll(&readable, 1, 0) != 0; // where it fails the read tells why
}

ssize_t SavefileInput::read(void* self, char* buffer, std::size_t size) noexcept
{
    auto& input = *static_cast<SavefileInput*>(self);
    for (;;) {
        const ssize_t n = ::read(input.fd(), buffer, size);
        if (n >= 0)
            return n;
        if (errno == EAGAIN) { // whoever shares it made it non-blocking
            pollfd readable = {input.fd(), POLLIN, 0};
            if (poll(&readable, 1, -1) > 0)
                continue;
        }
        if (errno != EINTR || !input.through_signals_) {
            input.error_ = errno;
            return -1;
        }
    }
}

} // namespace nflog
