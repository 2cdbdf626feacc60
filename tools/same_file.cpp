// SPDX-License-Identifier: GPL-2.0-or-later
#include "same_file.hpp"

#include "failure.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace command {

namespace {

struct stat status_of(const std::string& path, int fd_of_dash)
{
    struct stat status = {}; // of no file
    static_cast<void>(path == "-" ? fstat(fd_of_dash, &status) : stat(path.c_str(), &status));
    return status;
}

} // namespace

void require_not_read(const CaptureOptions& options, const std::string& path)
{
    const struct stat input = status_of(options.read, STDIN_FILENO);
    const struct stat output = status_of(path, STDOUT_FILENO);
    if (S_ISREG(input.st_mode) && input.st_dev == output.st_dev && input.st_ino == output.st_ino)
        throw Failure("cannot write to " + (path == "-" ? "standard output" : path) +
                      ": it is the file that -r reads; write to another one");
}

} // namespace command
