// SPDX-License-Identifier: GPL-2.0-or-later
#include "replaced_file.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace command {

namespace {

[[noreturn]] void fail(const std::string& path, int error)
{
    throw Failure("cannot write " + path + ": " + std::strerror(error) +
                  advice_on_writing(error, ""));
}

// Refuses a device or a link, because rename(2) would replace it by a file.
void require_no_other_kind(const std::string& path)
{
    struct stat status = {};
    if (lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        throw Failure("cannot write " + path +
                      ": it exists and is not a regular file, and would be replaced; name a file");
}

// Returns 0 or an errno.
int write_all(int fd, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t written = write(fd, content.data(), content.size());
        if (written < 0 && errno != EINTR)
            return errno;
        content.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return 0;
}

} // namespace

void replace_file(const std::string& path, std::string_view content)
{
    constexpr mode_t readable = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    require_no_other_kind(path);
    const std::string beside = path + ".tmp";
    // A process that was killed may have left the file. O_EXCL stops open() from following a link
    // that another user made.
    unlink(beside.c_str());
    const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readable);
    if (fd < 0)
        fail(path, errno);
    // fchmod() sets the mode whatever the umask is. fsync(2) is not needed, because the file
    // describes a running process, which a crash of the machine ends too.
    int error = fchmod(fd, readable) < 0 ? errno : write_all(fd, content);
    if (close(fd) < 0 && error == 0)
        error = errno;
    if (error == 0 && std::rename(beside.c_str(), path.c_str()) < 0)
        error = errno;
    if (error != 0) {
        unlink(beside.c_str());
        fail(path, error);
    }
}

} // namespace command
