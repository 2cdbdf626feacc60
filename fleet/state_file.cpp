// SPDX-License-Identifier: GPL-2.0-or-later
#include "state_file.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace fleet {

namespace {

// Returns 0 or an errno.
int write_to_disk(int fd, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t written = write(fd, content.data(), content.size());
        if (written < 0 && errno != EINTR)
            return errno;
        content.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return fsync(fd) < 0 ? errno : 0;
}

} // namespace

std::optional<std::string> read_state_file(int directory, const char* name, const std::string& what)
{
    const nflog::FileDescriptor fd(openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0 && errno == ENOENT)
        return std::nullopt;
    constexpr std::size_t block = 65536;
    std::string content;
    ssize_t got = fd.get() < 0 ? -1 : 1;
    while (got > 0) {
        std::array<char, block> bytes;
        got = read(fd.get(), bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            content.append(bytes.data(), static_cast<std::size_t>(got));
    }
    if (got < 0)
        throw command::Failure("cannot read " + what + ": " + std::strerror(errno) +
                               command::advice_on(errno));
    return content;
}

void replace_state_file(int directory, const char* name, std::string_view content,
                        const std::string& what)
{
    const std::string beside = std::string(name) + ".tmp";
    constexpr mode_t mode = 0640;
    unlinkat(directory, beside.c_str(), 0); // a process that was killed may have left the file
    int error = 0;
    {
        const nflog::FileDescriptor fd(
            openat(directory, beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        error = fd.get() < 0 ? errno : write_to_disk(fd.get(), content);
    }
    if (error == 0 && renameat(directory, beside.c_str(), directory, name) < 0)
        error = errno;
    if (error == 0 && fsync(directory) < 0)
        error = errno;
    if (error == 0)
        return;
    unlinkat(directory, beside.c_str(), 0);
    throw command::Failure("cannot write " + what + ": " + std::strerror(error) +
                           command::advice_on_writing(error, "") +
                           ". Nothing was acknowledged since the last successful write");
}

} // namespace fleet
