// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefiles.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "same_file.hpp"
#include "savefile_names.hpp"
#include "signals.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace command {

namespace {

// Since the machine was started, its sleep included.
std::chrono::nanoseconds uptime()
{
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

bool is_fifo(const std::string& path)
{
    struct stat status = {};
    return stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

bool exists(const std::string& path)
{
    struct stat status = {};
    return stat(path.c_str(), &status) == 0;
}

} // namespace

FifoEnd::FifoEnd(const std::string& path)
    : fd_(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC))
{
    if (fd_ < 0 && errno == ENXIO) // there is no reader
        throw ReaderGone();
}

FifoEnd::~FifoEnd()
{
    if (fd_ >= 0)
        ::close(fd_);
}

Savefiles::Savefiles(nflogcap* capture, const CaptureOptions& options)
    : options_(options), interface_names_(capture), most_bytes_(options.rotate_bytes),
      most_seconds_(options.rotate_seconds), files_(options.files),
      is_compressed_(is_compressed(options.write))
{
    require_writable_savefiles(options);
    begin_period();
    open();
}

// A clock that was set back, or the end of daylight saving time, repeats local times.
void Savefiles::begin_period()
{
    since_ = uptime();
    const std::time_t now = std::time(nullptr);
    localtime_r(&now, &local_);
    std::tm comparable = local_;
    const std::time_t local = timegm(&comparable);
    constexpr std::time_t day = 86'400; // a name may mean as much before the first period
    repeats_ = std::ranges::any_of(
        eras_, [local](const Era& era) { return era.first - day <= local && local <= era.latest; });
    if (eras_.empty() || local < eras_.back().first - day)
        eras_.push_back({local, local});
    eras_.back().latest = std::max(eras_.back().latest, local);
    number_ = 0;
    repetition_ = 0;
}

std::string Savefiles::name() const
{
    return savefile_name(options_, local_, repetition_, number_);
}

// Whether the name is that of a file to be kept. A file is written over by one of the same number:
// in its period as -W says, and in a later period whose time in the name has recurred. But a local
// time that repeats is no such recurrence, and "x1" with number 1 is not "x11" without a number.
bool Savefiles::is_taken(const std::string& name) const
{
    if (!exists(name))
        return false;
    const auto written = written_.find(name);
    if (written == written_.end())
        return repeats_;
    const File& file = written->second;
    return file.number != number_ || file.repetition != repetition_ ||
           (repeats_ && file.period != periods_);
}

void Savefiles::open()
{
    while (is_taken(current_ = name()))
        ++repetition_;
    require_not_read(options_, current_);
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    int code = 0;
    interface_names_.forget();
    nflogcap_dump_options how{};
    how.link_type = options_.link_type;
    how.format = options_.pcapng ? NFLOGCAP_FORMAT_PCAPNG : 0;
    how.interface_name = InterfaceNames::name;
    how.context = &interface_names_;
    while ((code = nflogcap_dump_open(&dump, current_.c_str(), &how, sizeof how, error.data(),
                                      error.size())) == -EINTR) {
        if (StopOnSignal::stopped()) // while it waited for a FIFO's reader
            throw ReaderGone();
    }
    if (code < 0)
        fail(code, error.data());
    dump_.reset(dump);
    if (most_bytes_ > 0 && most_seconds_ > 0) // otherwise numbers make no name of another file
        written_[current_] = {periods_, number_, repetition_};
    if (current_ != "-" && is_fifo(current_))
        fifo_.emplace(current_);
    pending_ = true;
    flushed_at_ = uptime();
}

void Savefiles::fail(int code, const std::string& words) const
{
    if (is_reader_gone(-code, fd()))
        throw ReaderGone();
    throw Failure(words + advice_on_writing(-code, options_.user));
}

template <typename Call>
void Savefiles::check(Call call)
{
    int code = 0;
    StallDetector reader;
    while ((code = call()) == -EINTR) { // a stop loses nothing: what is on its way gets there
        if (reader.has_stalled(packets()))
            throw stalled("the savefile " + current_);
    }
    if (code < 0)
        fail(code, nflogcap_dump_error(dump_.get()));
}

std::uint64_t Savefiles::size() const
{
    return static_cast<std::uint64_t>(nflogcap_dump_position(dump_.get()));
}

std::uint64_t Savefiles::packets() const
{
    return closed_packets_ +
           (dump_ ? static_cast<std::uint64_t>(nflogcap_dump_written(dump_.get())) : 0);
}

std::uint64_t Savefiles::skipped() const
{
    return closed_skipped_ +
           (dump_ ? static_cast<std::uint64_t>(nflogcap_dump_skipped(dump_.get())) : 0);
}

int Savefiles::fd() const
{
    if (options_.write == "-")
        return STDOUT_FILENO;
    return fifo_ ? fifo_->fd() : -1;
}

bool Savefiles::time_is_over() const
{
    return most_seconds_ > 0 && uptime() - since_ >= std::chrono::seconds(most_seconds_);
}

bool Savefiles::is_the_last_in_time() const
{
    return most_bytes_ == 0 && files_ > 0 && periods_ + 1 >= files_;
}

bool Savefiles::write(const nflogcap_packet& packet)
{
    if (time_is_over()) {
        if (is_the_last_in_time())
            return false;
        close();
        ++periods_;
        begin_period();
        open();
    }
    if (most_bytes_ > 0 && size() > most_bytes_) {
        close();
        ++number_;
        if (files_ > 0 && number_ >= files_)
            number_ = 0;
        open();
    }
    check([&] { return nflogcap_dump_packet(dump_.get(), &packet); });
    pending_ = true;
    return true;
}

// A compressed file is not flushed often, because small parts compress badly.
bool Savefiles::pending() const
{
    constexpr std::chrono::seconds interval{1};
    return pending_ && (!is_compressed_ || uptime() - flushed_at_ >= interval);
}

void Savefiles::flush()
{
    check([&] { return nflogcap_dump_flush(dump_.get()); });
    pending_ = false;
    flushed_at_ = uptime();
}

bool Savefiles::tick()
{
    return !(is_the_last_in_time() && time_is_over());
}

void Savefiles::close()
{
    if (!dump_)
        return;
    flush();
    closed_packets_ = packets();
    closed_skipped_ = skipped();
    fifo_.reset();
    if (const int code = nflogcap_dump_close(dump_.release()); code < 0)
        fail(code, "cannot close the savefile " + current_ + ": " + nflogcap_strerror(code) +
                       "; 'nflogcap -r' shows which of its packets are in it");
}

} // namespace command
