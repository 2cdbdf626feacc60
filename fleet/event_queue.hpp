// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "message.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace fleet {

// Events from the threads of libnats, for the one thread that has all state.
class EventQueue {
public:
    struct Event {
        MessageHandle message; // null: the event is a text
        std::string words;     // an error, or "" if the connection is closed
    };

    EventQueue();

    void add(Event event);
    std::vector<Event> take();

    // Becomes readable when there is an event.
    [[nodiscard]] int fd() const { return signal_.get(); }

private:
    nflog::FileDescriptor signal_; // an eventfd
    std::mutex mutex_;             // protects the members below
    std::vector<Event> events_;
};

} // namespace fleet
