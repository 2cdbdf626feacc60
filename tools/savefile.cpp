// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "signals.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace command {

bool is_fifo(const std::string& path)
{
    struct stat status = {};
    return stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

FifoEnd::FifoEnd(const std::string& path)
    : fd_(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC))
{
    if (fd_ < 0 && errno == ENXIO) // the FIFO has no reader
        throw ReaderGone();
}

FifoEnd::~FifoEnd()
{
    if (fd_ >= 0)
        ::close(fd_);
}

Savefile::Savefile(nflogcap* capture, std::string path, const CaptureOptions& options)
    : path_(std::move(path)), options_(options), interface_names_(capture)
{
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    int code = 0;
    nflogcap_dump_options how{};
    how.link_type = options_.link_type;
    how.format = options_.pcapng ? NFLOGCAP_FORMAT_PCAPNG : 0;
    how.interface_name = InterfaceNames::name;
    how.context = &interface_names_;
    while ((code = nflogcap_dump_open(&dump, path_.c_str(), &how, sizeof how, error.data(),
                                      error.size())) == -EINTR) {
        if (StopOnSignal::stopped()) // a stop ended the wait for the reader of a FIFO
            throw ReaderGone();
    }
    if (code < 0)
        fail(code, error.data());
    dump_.reset(dump);
    if (path_ != "-" && is_fifo(path_))
        fifo_.emplace(path_);
}

void Savefile::fail(int code, const std::string& words) const
{
    if (is_reader_gone(-code, fd()))
        throw ReaderGone();
    throw Failure(words + advice_on_writing(-code, options_.user));
}

template <typename Call>
void Savefile::check(Call call)
{
    int code = 0;
    StallDetector reader;
    while ((code = call()) ==
           -EINTR) { // repeats the call, so that a stop loses no data that is being written
        if (reader.has_stalled(packets()))
            throw stalled("the savefile " + path_);
    }
    if (code < 0)
        fail(code, nflogcap_dump_error(dump_.get()));
}

void Savefile::write(const nflogcap_packet& packet)
{
    check([&] { return nflogcap_dump_packet(dump_.get(), &packet); });
}

void Savefile::flush()
{
    check([&] { return nflogcap_dump_flush(dump_.get()); });
}

void Savefile::close()
{
    fifo_.reset();
    if (const int code = nflogcap_dump_close(dump_.release()); code < 0)
        fail(code, "cannot close the savefile " + path_ + ": " + nflogcap_strerror(code) +
                       "; 'nflogcap -r' shows which of its packets are in it");
}

std::uint64_t Savefile::size() const
{
    return static_cast<std::uint64_t>(nflogcap_dump_position(dump_.get()));
}

std::uint64_t Savefile::packets() const
{
    return static_cast<std::uint64_t>(nflogcap_dump_written(dump_.get()));
}

std::uint64_t Savefile::skipped() const
{
    return static_cast<std::uint64_t>(nflogcap_dump_skipped(dump_.get()));
}

int Savefile::fd() const
{
    if (path_ == "-")
        return STDOUT_FILENO;
    return fifo_ ? fifo_->fd() : -1;
}

} // namespace command
