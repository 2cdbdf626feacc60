// SPDX-License-Identifier: GPL-2.0-or-later
#include "event_queue.hpp"

#include "error.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace fleet {

EventQueue::EventQueue() : signal_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (signal_.get() < 0)
        throw nflog::system_failure("cannot make an eventfd", errno);
}

// One read clears the signal of all events taken together.
void EventQueue::add(Event event)
{
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
    constexpr std::uint64_t one = 1;
    if (events_.size() == 1 && write(signal_.get(), &one, sizeof one) < 0) {
        // The counter is full, and therefore readable anyway.
    }
}

std::vector<EventQueue::Event> EventQueue::take()
{
    const std::scoped_lock lock(mutex_);
    std::uint64_t count = 0;
    if (!events_.empty() && read(signal_.get(), &count, sizeof count) < 0) {
        // It was not signalled.
    }
    return std::exchange(events_, {});
}

} // namespace fleet
