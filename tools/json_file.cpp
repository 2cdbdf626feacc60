// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_file.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "signals.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace command {

namespace {

int open_file(const std::string& path, const CaptureOptions& options)
{
    constexpr mode_t mode = 0666; // the kernel removes the bits of the umask
    int fd = -1;
    while ((fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)) < 0) {
        if (errno != EINTR)
            throw Failure("cannot create " + path + ": " + std::strerror(errno) +
                          advice_on_writing(errno, options.user));
        if (StopOnSignal::stopped()) // a stop ended the wait for the reader of a FIFO
            throw ReaderGone();
    }
    return fd;
}

} // namespace

JsonFile::JsonFile(nflogcap* handle, const std::string& path, const CaptureOptions& options)
    : text_(handle, json_format(options)), output_(open_file(path, options), path)
{
}

void JsonFile::write(const nflogcap_packet& packet)
{
    text_.append(output_.buffer(), packet);
    output_.end_packet();
    output_.flush_if_full();
}

} // namespace command
