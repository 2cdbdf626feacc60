// SPDX-License-Identifier: GPL-2.0-or-later
#include "readiness.hpp"

#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace nflog {

namespace {

FileDescriptor open_eventfd()
{
    FileDescriptor opened(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (opened.get() < 0)
        throw system_failure("cannot create an event descriptor", errno);
    return opened;
}

// The two calls fail only if the eventfd is already readable, or already not readable. This is
// harmless.
void set(const FileDescriptor& event) noexcept
{
    const CancellationOff no_cancellation;
    const std::uint64_t once = 1;
    [[maybe_unused]] const ssize_t written = write(event.get(), &once, sizeof once);
}

void clear(const FileDescriptor& event) noexcept
{
    const CancellationOff no_cancellation;
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(event.get(), &count, sizeof count);
}

} // namespace

Readiness::Readiness() : signal_(open_eventfd()), level_(open_eventfd())
{
    epoll_.watch(signal_.get());
    epoll_.watch(level_.get());
}

int Readiness::fd(bool is_ready)
{
    is_watched_ = true;
    show(is_ready);
    return epoll_.fd();
}

void Readiness::signal() noexcept
{
    const int kept = errno;
    set(signal_);
    errno = kept;
}

void Readiness::clear_signal() noexcept
{
    clear(signal_);
}

void Readiness::change(bool is_ready) noexcept
{
    is_shown_ = is_ready;
    if (is_ready)
        set(level_);
    else
        clear(level_);
}

Readiness::Wake Readiness::wait(int timeout_ms, const CancellationOff& cancellation)
{
    std::array<epoll_event, 4> events{};
    const int count = cancellation.suspended([&] {
        return epoll_wait(epoll_.fd(), events.data(), static_cast<int>(events.size()), timeout_ms);
    });
    if (count == 0)
        return Wake::timeout;
    if (count < 0) {
        if (errno != EINTR)
            throw system_failure("cannot wait for packets", errno);
        return Wake::interrupted;
    }
    const bool is_signalled =
        std::any_of(events.begin(), events.begin() + count,
                    [&](const epoll_event& event) { return event.data.fd == signal_.get(); });
    return is_signalled ? Wake::signalled : Wake::ready;
}

} // namespace nflog
