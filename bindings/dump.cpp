// SPDX-License-Identifier: GPL-2.0-or-later
#include "dump.hpp"

#include <cerrno>
#include <mutex>
#include <string>
#include <utility>

namespace binding {

namespace {

using Lock = std::lock_guard<ProcessLock>;

} // namespace

Dump::~Dump()
{
    drop();
}

void Dump::open(Bytes path, Failure& failure) noexcept
{
    const std::string name = copied_text("path", path, failure);
    if (failure.code != 0)
        return;
    nflogcap_dump* opened = nullptr;
    const int code = nflogcap_dump_open(&opened, name.c_str(), failure.words, sizeof failure.words);
    if (code < 0) {
        failure.code = code;
        return;
    }
    const Lock locked(lock_);
    nflogcap_dump_close(std::exchange(dump_, opened));
    update(opened);
}

void Dump::write(const Packet& packet, Failure& failure) noexcept
{
    run(failure, [&](nflogcap_dump* dump) { return nflogcap_dump_packet(dump, &packet.view); });
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

template <typename Call>
void Dump::run(Failure& failure, Call call) noexcept
{
    const Lock locked(lock_);
    if (!require_open(failure))
        return;
    if (const int code = call(dump_); code < 0)
        failure.set(code, nflogcap_dump_error(dump_));
    update(dump_);
}

void Dump::update(nflogcap_dump* dump) noexcept
{
    position_ = static_cast<std::uint64_t>(nflogcap_dump_position(dump));
    written_ = static_cast<std::uint64_t>(nflogcap_dump_written(dump));
    is_open_ = true;
}

bool Dump::require_open(Failure& failure) const noexcept
{
    if (!is_open_)
        failure.set(-EBADF, "the savefile is closed");
    return is_open_;
}

} // namespace binding
