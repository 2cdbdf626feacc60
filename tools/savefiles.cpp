// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefiles.hpp"

#include "json_file.hpp"
#include "same_file.hpp"
#include "savefile.hpp"
#include "savefile_names.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <utility>

namespace command {

namespace {

// Returns the time since the machine was started, including the time in which it slept.
std::chrono::nanoseconds uptime()
{
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

bool exists(const std::string& path)
{
    struct stat status = {};
    return stat(path.c_str(), &status) == 0;
}

} // namespace

bool Savefiles::are_files(const CaptureOptions& options)
{
    return !options.write.empty() && options.write != "-" && !is_fifo(options.write);
}

Savefiles::Savefiles(nflogcap* handle, const CaptureOptions& options)
    : handle_(handle), options_(options), max_bytes_(options.rotate_bytes),
      max_seconds_(options.rotate_seconds), files_(options.files),
      is_compressed_(is_compressed(options.write)), post_rotate_(options.post_rotate)
{
    require_writable_savefiles(options);
    begin_period();
    open();
}

// Begins a period of -G. Its local time may have occurred before: after the clock was set back, or
// at the end of daylight saving time.
void Savefiles::begin_period()
{
    since_ = uptime();
    const std::time_t now = std::time(nullptr);
    localtime_r(&now, &local_);
    std::tm comparable = local_;
    const std::time_t local = timegm(&comparable);
    // A day earlier, so that names used before the first period are covered.
    constexpr std::time_t day = 86'400;
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

// Returns whether a file with this name exists and must be kept. Only a file with the same number
// may be overwritten: within its period if -W allows it, or in a later period because -w's times
// recur, as with %H every day. A local time that repeats because the clock was set back does not
// allow it. The number is compared because "x1" with number 1 has the same name as "x11" without a
// number.
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
    if (options_.json)
        file_ = std::make_unique<JsonFile>(handle_, current_, options_);
    else
        file_ = std::make_unique<Savefile>(handle_, current_, options_);
    if (max_bytes_ > 0 &&
        max_seconds_ > 0) // otherwise the numbers of two files cannot produce the same name
        written_[current_] = {periods_, number_, repetition_};
    pending_ = true;
    flushed_at_ = uptime();
}

std::uint64_t Savefiles::packets() const
{
    return closed_packets_ + (file_ ? file_->packets() : 0);
}

std::uint64_t Savefiles::skipped() const
{
    return closed_skipped_ + (file_ ? file_->skipped() : 0);
}

int Savefiles::fd() const
{
    return file_ ? file_->fd() : -1;
}

bool Savefiles::time_is_over() const
{
    return max_seconds_ > 0 && uptime() - since_ >= std::chrono::seconds(max_seconds_);
}

bool Savefiles::is_the_last_in_time() const
{
    return max_bytes_ == 0 && files_ > 0 && periods_ + 1 >= files_;
}

bool Savefiles::write(const nflogcap_packet& packet)
{
    if (time_is_over()) {
        if (is_the_last_in_time())
            return false;
        end_file();
        ++periods_;
        begin_period();
        open();
    }
    if (max_bytes_ > 0 && file_->size() > max_bytes_)
        begin_next_in_size();
    file_->write(packet);
    pending_ = true;
    return true;
}

// Returns whether data should be flushed now. A compressed file is flushed at most once a second,
// because small parts compress badly.
bool Savefiles::pending() const
{
    constexpr std::chrono::seconds interval{1};
    return pending_ && (!is_compressed_ || uptime() - flushed_at_ >= interval);
}

void Savefiles::flush()
{
    file_->flush();
    pending_ = false;
    flushed_at_ = uptime();
}

void Savefiles::begin_next_in_size()
{
    end_file();
    ++number_;
    if (files_ > 0 && number_ >= files_)
        number_ = 0;
    open();
}

// Begins a new file. The ended file keeps its name, and the new one gets another name. If another
// program renamed the ended file, the new one takes its name.
void Savefiles::begin_file()
{
    if (max_bytes_ > 0)
        return begin_next_in_size();
    end_file();
    repetition_ = 0;
    while (exists(name()))
        ++repetition_;
    open();
}

// Ends a file that another one will follow.
void Savefiles::end_file()
{
    close();
    post_rotate_.run(current_);
}

bool Savefiles::tick()
{
    post_rotate_.look_after();
    file_->tick();
    return !(is_the_last_in_time() && time_is_over());
}

void Savefiles::close()
{
    if (!file_)
        return;
    flush();
    closed_packets_ = packets();
    closed_skipped_ = skipped();
    const std::unique_ptr<PacketFile> closed = std::move(file_);
    closed->close();
}

} // namespace command
