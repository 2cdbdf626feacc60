// SPDX-License-Identifier: GPL-2.0-or-later
#include "dump.hpp"

#include <cerrno>
#include <mutex>
#include <string>
#include <utility>

namespace binding {

namespace {

using Lock = std::lock_guard<ProcessLock>;

bool find_link_type(Bytes name, std::uint32_t& link_type, Failure& failure) noexcept
{
    if (name.data == nullptr)
        return true;
    const std::string text = copied_text("link_type", name, failure);
    if (failure.code != 0)
        return false;
    const int found = nflogcap_find_link_type(text.c_str(), failure.words, sizeof failure.words);
    if (found < 0)
        failure.code = found;
    else
        link_type = static_cast<std::uint32_t>(found);
    return found >= 0;
}

} // namespace

Dump::~Dump()
{
    drop();
}

void Dump::open(Bytes path, Bytes link_type, Failure& failure) noexcept
{
    const std::string name = copied_text("path", path, failure);
    nflogcap_dump_options options{};
    if (failure.code != 0 || !find_link_type(link_type, options.link_type, failure))
        return;
    nflogcap_dump* opened = nullptr;
    const int code = nflogcap_dump_open(&opened, name.c_str(), &options, sizeof options,
                                        failure.words, sizeof failure.words);
    if (code < 0) {
        failure.code = code;
        return;
    }
    const Lock locked(lock_);
    nflogcap_dump_close(std::exchange(dump_, opened));
    update(opened);
}

bool Dump::write(const Packet& packet, Failure& failure) noexcept
{
    return run(failure,
               [&](nflogcap_dump* dump) { return nflogcap_dump_packet(dump, &packet.view); }) == 0;
}

void Dump::flush(Failure& failure) noexcept
{
    run(failure, nflogcap_dump_flush);
}

void Dump::take_over(Failure& failure) noexcept
{
    run(failure, nflogcap_dump_take_over);
}

void Dump::close(Failure& failure) noexcept
{
    const Lock locked(lock_);
    if (dump_ == nullptr)
        return;
    // For its words, which the handle takes with it; and while it is interrupted it stays open.
    const int code = nflogcap_dump_flush(dump_);
    const bool is_of_another_process = code == -ECHILD;
    if (code < 0 && !is_of_another_process)
        failure.set(code, nflogcap_dump_error(dump_));
    if (code == -EINTR)
        return;
    is_open_ = false;
    const int closed = nflogcap_dump_close(std::exchange(dump_, nullptr));
    if (closed < 0 && code >= 0)
        failure.set(closed, nflogcap_strerror(closed));
}

void Dump::drop() noexcept
{
    const Lock locked(lock_);
    is_open_ = false;
    nflogcap_dump_close(std::exchange(dump_, nullptr));
}

unsigned long long Dump::position(Failure& failure) const noexcept
{
    return require_open(failure) ? position_.load() : 0;
}

unsigned long long Dump::written(Failure& failure) const noexcept
{
    return require_open(failure) ? written_.load() : 0;
}

unsigned long long Dump::skipped(Failure& failure) const noexcept
{
    return require_open(failure) ? skipped_.load() : 0;
}

template <typename Call>
int Dump::run(Failure& failure, Call call) noexcept
{
    const Lock locked(lock_);
    if (!require_open(failure))
        return failure.code;
    const int code = call(dump_);
    if (code < 0)
        failure.set(code, nflogcap_dump_error(dump_));
    update(dump_);
    return code;
}

void Dump::update(nflogcap_dump* dump) noexcept
{
    position_ = static_cast<std::uint64_t>(nflogcap_dump_position(dump));
    written_ = static_cast<std::uint64_t>(nflogcap_dump_written(dump));
    skipped_ = static_cast<std::uint64_t>(nflogcap_dump_skipped(dump));
    is_open_ = true;
}

bool Dump::require_open(Failure& failure) const noexcept
{
    if (!is_open_)
        failure.set(-EBADF, "the savefile is closed");
    return is_open_;
}

} // namespace binding
