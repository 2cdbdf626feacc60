// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_content.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

namespace nflog {

namespace {

// Does not wait for a FIFO's writer. The wait for the first bytes includes this wait, and a stop
// can end it.
int open_file(const std::string& path)
{
    constexpr int flags = O_RDONLY | O_CLOEXEC;
    int fd = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                         : open(path.c_str(), flags | O_NONBLOCK);
    if (fd < 0 && errno == EWOULDBLOCK) // another process has a lease on the file: fcntl(2)
        fd = open(path.c_str(), flags);
    if (fd < 0)
        throw system_failure("cannot open the savefile " + path, errno);
    return fd;
}

ssize_t nothing_yet() noexcept
{
    errno = EAGAIN;
    return -1;
}

} // namespace

SavefileContent::SavefileContent(const std::string& path) : path_(path), file_(open_file(path))
{
    const off_t begin = lseek(fd(), 0, SEEK_CUR);
    if (begin < 0)
        return;
    begin_ = begin;
    struct stat status {};
    if (fstat(fd(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > begin)
        size_ = static_cast<std::uint64_t>(status.st_size - begin);
}

ssize_t SavefileContent::read(std::span<char> to) noexcept
{
    if (!is_magic_known_)
        return read_magic();
    if (!decoder_)
        return unread_.empty() ? read_file(to) : take_unread(to);
    if (!has_more()) {
        const ssize_t n = read_file(compressed_);
        if (n <= 0)
            return n == 0 ? end_of_compressed() : n;
        unread_ = std::span<const char>(compressed_).first(static_cast<std::size_t>(n));
    }
    return decode(to);
}

ssize_t SavefileContent::read_file(std::span<char> to) noexcept
{
    const ssize_t n =
        begin_ ? pread(fd(), to.data(), to.size(), *begin_ + static_cast<off_t>(read_.get()))
               : ::read(fd(), to.data(), to.size());
    if (n > 0)
        read_.add(static_cast<std::uint64_t>(n));
    return n;
}

// Returns an error such as EAGAIN, or 0 if the file is empty, but no bytes: they remain for the
// next call.
ssize_t SavefileContent::read_magic() noexcept
{
    const ssize_t n = read_file(std::span(magic_).subspan(magic_size_));
    if (n < 0)
        return n;
    magic_size_ += static_cast<std::size_t>(n);
    if (n > 0 && magic_size_ < magic_.size())
        return nothing_yet();
    unread_ = std::span<const char>(magic_).first(magic_size_);
    if (!find_decoder())
        return -1;
    is_magic_known_ = true;
    return magic_size_ == 0 ? 0 : nothing_yet();
}

ssize_t SavefileContent::take_unread(std::span<char> to) noexcept
{
    const std::size_t size = std::min(to.size(), unread_.size());
    std::memcpy(to.data(), unread_.data(), size);
    unread_ = unread_.subspan(size);
    return static_cast<ssize_t>(size);
}

ssize_t SavefileContent::decode(std::span<char> to) noexcept
{
    const Decoder::Progress made = decoder_->decode(unread_, to);
    unread_ = unread_.subspan(made.read);
    may_hold_bytes_ = made.written == to.size();
    if (made.written > 0)
        return static_cast<ssize_t>(made.written);
    if (decoder_->error() == 0)
        return nothing_yet();
    errno = decoder_->error();
    return -1;
}

ssize_t SavefileContent::end_of_compressed() noexcept
{
    if (decoder_->is_between_parts())
        return 0;
    is_cut_ = true;
    errno = EBADMSG;
    return -1;
}

bool SavefileContent::find_decoder() noexcept
{
    constexpr std::size_t read_bytes = std::size_t{64} * 1024;
    try {
        decoder_ = make_decoder(unread_, "cannot read the savefile " + path_);
        if (decoder_)
            compressed_.resize(read_bytes);
        return true;
    } catch (const Error& error) {
        no_decoder_ = error;
        errno = error.code();
    } catch (const std::bad_alloc&) {
        errno = ENOMEM;
    }
    return false;
}

Error SavefileContent::failure(const std::string& what, int code) const
{
    if (no_decoder_)
        return *no_decoder_;
    if (is_cut_)
        return {EBADMSG, what + ": its compressed data is cut off"};
    if (decoder_ && decoder_->error() == EBADMSG)
        return {EBADMSG, what + ": its compressed data cannot be decoded: " +
                             foreign_reason(decoder_->reason())};
    return system_failure(what, code);
}

} // namespace nflog
