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

// Adds an event, and signals the descriptor. One read of the descriptor clears the signals of all
// events.
void EventQueue::add(Event event)
{
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
    constexpr std::uint64_t one = 1;
    if (events_.size() == 1 && write(signal_.get(), &one, sizeof one) < 0) {
        // write() failed because the counter is full. The descriptor is readable then, too.
    }
}

std::vector<EventQueue::Event> EventQueue::take()
{
    const std::scoped_lock lock(mutex_);
    std::uint64_t count = 0;
    if (!events_.empty() && read(signal_.get(), &count, sizeof count) < 0) {
        // read() failed because there was no signal.
    }
    return std::exchange(events_, {});
}

} // namespace fleet
