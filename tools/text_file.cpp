// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_file.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace command {

TextFile::TextFile(std::string path, std::string kind, int flags)
    : path_(std::move(path)), kind_(std::move(kind)),
      fd_(open(path_.c_str(), O_RDONLY | O_CLOEXEC | flags))
{
    if (fd_ < 0)
        fail();
}

TextFile::~TextFile()
{
    close(fd_);
}

void TextFile::fail() const
{
    throw Failure("cannot read the " + kind_ + " in " + path_ + ": " + std::strerror(errno) +
                  (errno == EACCES ? "; allow this user to read it" : advice_on(errno)));
}

struct stat TextFile::status() const
{
    struct stat status = {};
    if (fstat(fd_, &status) < 0)
        fail();
    return status;
}

std::string TextFile::content() const
{
    constexpr std::size_t max_bytes = 1'048'576;
    std::string text(max_bytes + 1, '\0');
    std::size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < text.size()) {
        got = read(fd_, text.data() + length, text.size() - length);
        length += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    if (got < 0)
        fail();
    if (length > max_bytes)
        throw Failure(path_ + " is too long for a " + kind_ + ": it has more than 1048576 bytes");
    text.resize(length);
    if (text.find('\0') != std::string::npos)
        throw Failure(path_ + " is not a " + kind_ + ": it contains a zero byte");
    return text;
}

} // namespace command
