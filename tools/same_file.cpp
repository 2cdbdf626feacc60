// SPDX-License-Identifier: GPL-2.0-or-later
#include "same_file.hpp"

#include "failure.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace command {

namespace {

struct stat status_of(const std::string& path)
{
    struct stat status = {}; // without a successful stat(), this matches no file
    static_cast<void>(stat(path.c_str(), &status));
    return status;
}

// Returns the status of a file. "-" means the standard stream.
struct stat status_of(const std::string& path, int standard_stream)
{
    if (path != "-")
        return status_of(path);
    struct stat status = {};
    static_cast<void>(fstat(standard_stream, &status));
    return status;
}

bool is_one_file(const struct stat& one, const struct stat& other)
{
    return S_ISREG(one.st_mode) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

} // namespace

void require_not_read(const CaptureOptions& options, const std::string& path)
{
    if (is_one_file(status_of(options.read, STDIN_FILENO), status_of(path, STDOUT_FILENO)))
        throw Failure("cannot write to " + (path == "-" ? "standard output" : path) +
                      ": it is the file that -r reads; write to another file");
}

void require_not_written(const CaptureOptions& options)
{
    const std::string output = options.write.empty() ? "-" : options.write;
    if (is_one_file(status_of(options.metrics), status_of(output, STDOUT_FILENO)))
        throw Failure("--metrics: " + options.metrics +
                          " is the file that packets are written to; name another one",
                      wrong_usage);
}

} // namespace command
