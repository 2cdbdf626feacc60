// SPDX-License-Identifier: GPL-2.0-or-later
#include "filter_file.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace command {

namespace {

std::string content_of(const std::string& path)
{
    constexpr std::size_t most = 1'048'576;
    const auto fail = [&path] {
        throw Failure("cannot read the filter in " + path + ": " + std::strerror(errno) +
                      advice_on(errno));
    };
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fail();
    std::string text(most + 1, '\0');
    std::size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < text.size()) {
        got = read(fd, text.data() + length, text.size() - length);
        length += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    if (got < 0) {
        close(fd); // which keeps the errno where it succeeds
        fail();
    }
    close(fd);
    if (length > most)
        throw Failure(path + " is too long for a filter: it has more than 1048576 bytes");
    text.resize(length);
    return text;
}

} // namespace

std::string filter_in(const std::string& path)
{
    std::string text = content_of(path);
    if (text.find('\0') != std::string::npos)
        throw Failure(path + " holds no filter: there is a zero byte in it");
    for (std::size_t at = 0; (at = text.find('#', at)) != std::string::npos;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        text.replace(at, end - at, end - at, ' ');
    }
    return text;
}

} // namespace command
