// SPDX-License-Identifier: GPL-2.0-or-later
#include "dump.hpp"

#include <cerrno>
#include <utility>

namespace binding {

namespace {

using Lock = std::lock_guard<std::mutex>;

} // namespace

Dump::~Dump()
{
    nflogcap_dump_close(dump_);
}

void Dump::open(Bytes path, Failure& failure) noexcept
{
    const std::string name = copied_text("path", path, failure);
    if (failure.code != 0)
        return;
    const int code = nflogcap_dump_open(&dump_, name.c_str(), failure.words, sizeof failure.words);
    if (code < 0)
        failure.code = code;
}

void Dump::write(const Packet& packet, Failure& failure) noexcept
{
    const Lock locked(lock_);
    if (require_open(failure))
        report(nflogcap_dump_packet(dump_, &packet.view), failure);
}

void Dump::flush(Failure& failure) noexcept
{
    const Lock locked(lock_);
    if (require_open(failure))
        report(nflogcap_dump_flush(dump_), failure);
}

void Dump::take_over(Failure& failure) noexcept
{
    const Lock locked(lock_);
    if (require_open(failure))
        report(nflogcap_dump_take_over(dump_), failure);
}

void Dump::close(Failure& failure) noexcept
{
    const Lock locked(lock_);
    if (dump_ == nullptr)
        return;
    // For its words, which the handle takes with it; and while it is interrupted it stays open.
    const int code = nflogcap_dump_flush(dump_);
    report(code, failure);
    if (code == -EINTR)
        return;
    const int closed = nflogcap_dump_close(std::exchange(dump_, nullptr));
    if (closed < 0 && code >= 0)
        failure.set(closed, nflogcap_strerror(closed));
}

bool Dump::closed() noexcept
{
    const Lock locked(lock_);
    return dump_ == nullptr;
}

unsigned long long Dump::position(Failure& failure) noexcept
{
    const Lock locked(lock_);
    return require_open(failure) ? static_cast<unsigned long long>(nflogcap_dump_position(dump_))
                                 : 0;
}

unsigned long long Dump::written(Failure& failure) noexcept
{
    const Lock locked(lock_);
    return require_open(failure) ? static_cast<unsigned long long>(nflogcap_dump_written(dump_))
                                 : 0;
}

bool Dump::require_open(Failure& failure) const noexcept
{
    if (dump_ == nullptr)
        failure.set(-EBADF, "the savefile is closed");
    return dump_ != nullptr;
}

void Dump::report(int code, Failure& failure) const noexcept
{
    if (code < 0)
        failure.set(code, nflogcap_dump_error(dump_));
}

} // namespace binding
