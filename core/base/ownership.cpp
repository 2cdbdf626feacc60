// SPDX-License-Identifier: GPL-2.0-or-later
#include "ownership.hpp"

#include "error.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/mman.h>
#include <thread>

namespace nflog {

namespace {

int open_locks()
{
    constexpr unsigned not_executable = 8; // MFD_NOEXEC_SEAL, which a system may demand
    int fd = memfd_create("nflogcap-owner", MFD_CLOEXEC | not_executable);
    if (fd < 0 && errno == EINVAL) // before Linux 6.3
        fd = memfd_create("nflogcap-owner", MFD_CLOEXEC);
    if (fd < 0)
        throw system_failure("cannot create the owner's lock", errno);
    return fd;
}

struct flock lock_of(std::uint32_t owner) noexcept
{
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = owner;
    lock.l_len = 1;
    return lock;
}

} // namespace

Ownership::Ownership(const char* what)
    : what_(what), owner_(MAP_SHARED), own_(MAP_PRIVATE),
      is_wiped_(madvise(&*own_, sizeof *own_, MADV_WIPEONFORK) == 0), locks_(open_locks())
{
    if (const int code = succeed(0); code != 0)
        throw system_failure("cannot create the owner's lock", code);
}

bool Ownership::claim() noexcept
{
    if (is_mine())
        return true;
    const int kept = errno;
    const std::uint32_t owner = *owner_;
    if (!process_of(owner))
        succeed(owner);
    errno = kept;
    return is_mine();
}

void Ownership::require()
{
    using Clock = std::chrono::steady_clock;
    if (claim())
        return;
    if (!own_->has_waited.exchange(true)) {
        const auto end = Clock::now() + std::chrono::seconds(1);
        do {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (claim())
                return;
        } while (Clock::now() < end);
    }
    const std::optional<pid_t> process = process_of(*owner_);
    throw Error(ECHILD, std::string("this ") + what_ + " belongs to " +
                            (process && *process > 0 ? "process " + std::to_string(*process)
                                                     : "another process") +
                            ", not to this process; take it over, or wait until that process ends");
}

void Ownership::take()
{
    while (!is_mine()) {
        if (const int code = succeed(*owner_); code != 0)
            throw system_failure(std::string("cannot take over the ") + what_, code);
    }
}

// Tries to become the owner after that one: fails if another process is faster. Returns an errno if
// no lock can be had.
//
// The lock is taken first, so that nobody sees an owner without one. Then this process alone can be
// the owner with that number, and so can say that it is, even if a thread of it or an owner that
// ended wrote that number.
int Ownership::succeed(std::uint32_t owner) noexcept
{
    std::uint32_t number = owner;
    struct flock lock {};
    do {
        lock = lock_of(++number);
        if (fcntl(locks_.get(), F_SETLK, &lock) == 0) {
            owner_->compare_exchange_strong(owner, number);
            own_->process = getpid();
            own_->number = number;
            return 0;
        }
    } while (errno == EAGAIN || errno == EACCES); // another process holds this one
    return errno;
}

// The process that holds the owner's lock: 0 if it is unknown, absent if the owner has ended.
std::optional<pid_t> Ownership::process_of(std::uint32_t owner) const noexcept
{
    struct flock lock = lock_of(owner);
    if (fcntl(locks_.get(), F_GETLK, &lock) != 0)
        return 0;
    if (lock.l_type == F_UNLCK)
        return std::nullopt;
    return lock.l_pid;
}

} // namespace nflog
