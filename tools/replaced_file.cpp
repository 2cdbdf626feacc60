// SPDX-License-Identifier: GPL-2.0-or-later
#include "replaced_file.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace command {

namespace {

// A rename would replace a device or a link by a file.
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

int replace_file_in(int directory, const std::string& name, std::string_view content, mode_t mode,
                    Survives survives)
{
    const std::string beside = name + ".tmp";
    // The file may be left from a process that was killed. O_EXCL does not follow a link that
    // another user made.
    unlinkat(directory, beside.c_str(), 0);
    const int fd = openat(directory, beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return errno;
    int error = fchmod(fd, mode) < 0 ? errno : write_all(fd, content); // despite the umask
    const bool is_synced = survives == Survives::crash_of_the_machine;
    if (error == 0 && is_synced && fsync(fd) < 0)
        error = errno;
    if (close(fd) < 0 && error == 0)
        error = errno;
    if (error == 0 && renameat(directory, beside.c_str(), directory, name.c_str()) < 0)
        error = errno;
    if (error != 0)
        unlinkat(directory, beside.c_str(), 0);
    else if (is_synced && fsync(directory) < 0)
        error = errno;
    return error;
}

void replace_file(const std::string& path, std::string_view content)
{
    constexpr mode_t readable = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    require_no_other_kind(path);
    const int error =
        replace_file_in(AT_FDCWD, path, content, readable, Survives::end_of_the_process);
    if (error != 0)
        throw Failure("cannot write " + path + ": " + std::strerror(error) +
                      advice_on_writing(error, ""));
}

} // namespace command
