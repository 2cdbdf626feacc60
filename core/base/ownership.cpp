// SPDX-License-Identifier: GPL-2.0-or-later
#include "ownership.hpp"

#include "error.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <optional>
#include <sys/mman.h>
#include <thread>
#include <utility>

namespace nflog {

namespace {

constexpr const char* memory_name = "nflogcap-owner";

struct flock lock_of(std::uint32_t owner, short type = F_WRLCK) noexcept
{
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = owner;
    lock.l_len = 1;
    return lock;
}

Ownership::Number& number_in(const SharedMemory& memory) noexcept
{
    return memory.as<Ownership::Number>();
}

// The process that owns the object of this memory: 0 if it is unknown, absent if the owner has
// ended. `command`: F_GETLK ignores locks of this process, F_OFD_GETLK does not.
std::optional<pid_t> holder_of(const SharedMemory& memory, int command) noexcept
{
    struct flock lock = lock_of(number_in(memory));
    if (fcntl(memory.fd(), command, &lock) != 0)
        return 0;
    if (lock.l_type == F_UNLCK)
        return std::nullopt;
    return lock.l_pid;
}

// Locks the first free number above `owner` and stores it in `number`. Returns 0 or an errno.
int lock_behind(const SharedMemory& memory, std::uint32_t owner, std::uint32_t& number) noexcept
{
    number = owner;
    struct flock lock {};
    do {
        lock = lock_of(++number);
        if (fcntl(memory.fd(), F_SETLK, &lock) == 0)
            return 0;
    } while (errno == EAGAIN || errno == EACCES); // another process holds this number
    return errno;
}

void unlock(const SharedMemory& memory, std::uint32_t owner) noexcept
{
    const struct flock lock = lock_of(owner, F_UNLCK);
    fcntl(memory.fd(), F_SETLK, &lock);
}

// Repeats `attempt` until it succeeds, for up to one second. Returns whether it succeeded.
template <typename Attempt>
bool retry_for_one_second(Attempt attempt)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::seconds(1);
    while (!attempt()) {
        if (Clock::now() >= end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

std::string name_of(std::optional<pid_t> process)
{
    return process && *process > 0 ? "process " + std::to_string(*process) : "another process";
}

} // namespace

Ownership::Ownership(const char* what, std::size_t bytes)
    : what_(what), own_(MAP_PRIVATE), is_wiped_(madvise(&*own_, sizeof *own_, MADV_WIPEONFORK) == 0)
{
    use(memories_.emplace_back(memory_name, bytes));
    if (const int code = succeed(0); code != 0)
        throw system_failure("cannot create the owner's lock", code);
}

void Ownership::use(const SharedMemory& memory) noexcept
{
    owner_ = &number_in(memory);
    memory_ = &memory;
}

bool Ownership::claim() noexcept
{
    if (is_mine())
        return true;
    const int kept = errno;
    const std::uint32_t owner = number_in(memory());
    if (!holder_of(memory(), F_GETLK))
        succeed(owner);
    errno = kept;
    return is_mine();
}

void Ownership::require()
{
    if (claim())
        return;
    if (!own_->has_waited.exchange(true) && retry_for_one_second([this] { return claim(); }))
        return;
    throw Error(ECHILD, std::string("this ") + what_ + " belongs to " +
                            name_of(holder_of(memory(), F_GETLK)) +
                            ", not to this process; take it over, or wait until that process ends");
}

void Ownership::take()
{
    while (!is_mine()) {
        if (const int code = succeed(number_in(memory())); code != 0)
            throw system_failure(std::string("cannot take over the ") + what_, code);
    }
}

void Ownership::join(SharedMemory& memory)
{
    if (!retry_for_one_second([&] { return !holder_of(memory, F_OFD_GETLK); }))
        throw Error(EBUSY,
                    std::string("cannot adopt the ") + what_ + ": " +
                        name_of(holder_of(memory, F_OFD_GETLK)) +
                        " still has it; have that process hand it over and close it, or end it");
    std::uint32_t owner = number_in(memory);
    std::uint32_t number = 0;
    if (const int code = lock_behind(memory, owner, number); code != 0)
        throw system_failure(std::string("cannot adopt the ") + what_, code);
    if (!number_in(memory).compare_exchange_strong(owner, number)) {
        unlock(memory, number);
        throw Error(EBUSY, std::string("cannot adopt the ") + what_ +
                               ": another process has just adopted it");
    }
    before_join_ = &this->memory();
    use(memories_.emplace_back(std::move(memory)));
    own_->process = getpid();
    own_->number = number;
}

void Ownership::undo_join() noexcept
{
    const std::uint32_t joined = own_->number;
    use(*before_join_);
    own_->number = number_in(memory()).load();
    unlock(memories_.back(), joined);
    memories_.back().release();
}

void Ownership::prepare_to_leave()
{
    if (!spare_.empty())
        return;
    SharedMemory spare(memory_name, memory().bytes());
    std::uint32_t number = 0;
    if (const int code = lock_behind(spare, 0, number); code != 0)
        throw system_failure("cannot create the owner's lock", code);
    number_in(spare) = number;
    spare_.push_back(std::move(spare));
}

void Ownership::leave() noexcept
{
    const SharedMemory& before = memory();
    const std::uint32_t left = own_->number;
    memories_.splice(memories_.end(), spare_);
    use(memories_.back());
    own_->number = number_in(memory()).load();
    unlock(before, left);
}

// Tries to become the owner that follows `owner`. This fails if another process is faster. Returns
// an errno if no lock can be obtained.
//
// The new number is locked first, so that no process sees an owner without a lock. While this
// process holds the lock, no other process can become the owner with that number. Therefore this
// process can use the number even if another of its threads, or an owner that has ended, has
// already written it.
int Ownership::succeed(std::uint32_t owner) noexcept
{
    std::uint32_t number = 0;
    const int code = lock_behind(memory(), owner, number);
    if (code == 0) {
        number_in(memory()).compare_exchange_strong(owner, number);
        own_->process = getpid();
        own_->number = number;
    }
    return code;
}

} // namespace nflog
