// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefiles.hpp"

#include "failure.hpp"
#include "output.hpp"
#include "savefile_names.hpp"

#include <array>
#include <cerrno>
#include <unistd.h>

namespace command {

namespace {

[[noreturn]] void fail(int code, const std::string& words)
{
    if (code == -EPIPE)
        throw ReaderGone();
    throw Failure(words);
}

} // namespace

Savefiles::Savefiles(const CaptureOptions& options)
    : options_(options), pipe_(options.write == "-" && is_pipe(STDOUT_FILENO)),
      most_bytes_(options.rotate_bytes), most_seconds_(options.rotate_seconds),
      files_(options.files), since_(std::time(nullptr))
{
    require_writable_savefiles(options);
    open();
}

std::string Savefiles::name() const
{
    std::tm begin{};
    localtime_r(&since_, &begin);
    return savefile_name(options_, begin, number_);
}

void Savefiles::open()
{
    current_ = name();
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    if (const int code = nflogcap_dump_open(&dump, current_.c_str(), error.data(), error.size());
        code < 0)
        fail(code, error.data());
    dump_.reset(dump);
    pending_ = true;
}

template <typename Call>
void Savefiles::check(Call call)
{
    int code = 0;
    while ((code = call()) == -EINTR) { // a stop loses nothing: what is on its way gets there
    }
    if (code < 0)
        fail(code, nflogcap_dump_error(dump_.get()));
}

std::uint64_t Savefiles::size() const
{
    return static_cast<std::uint64_t>(nflogcap_dump_position(dump_.get()));
}

bool Savefiles::time_is_over(std::time_t now) const
{
    return most_seconds_ > 0 && now - since_ >= static_cast<std::time_t>(most_seconds_);
}

bool Savefiles::is_the_last_in_time() const
{
    return most_bytes_ == 0 && files_ > 0 && times_ + 1 >= files_;
}

bool Savefiles::write(const nflogcap_packet& packet)
{
    if (most_seconds_ > 0) {
        if (const std::time_t now = std::time(nullptr); time_is_over(now)) {
            if (is_the_last_in_time())
                return false;
            close();
            since_ = now;
            ++times_;
            number_ = 0;
            open();
        }
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

void Savefiles::flush()
{
    check([&] { return nflogcap_dump_flush(dump_.get()); });
    pending_ = false;
}

bool Savefiles::tick()
{
    if (pipe_ && reader_gone(STDOUT_FILENO))
        return false;
    return !(is_the_last_in_time() && time_is_over(std::time(nullptr)));
}

void Savefiles::close()
{
    if (!dump_)
        return;
    flush();
    if (const int code = nflogcap_dump_close(dump_.release()); code < 0)
        fail(code, "cannot close the savefile " + current_ + ": " + nflogcap_strerror(code));
}

} // namespace command
