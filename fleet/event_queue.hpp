// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "message.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace fleet {

// Passes events from the threads of libnats to the thread that owns the program's state.
class EventQueue {
public:
    struct Event {
        MessageHandle message; // null: the event is a text
        std::string words;     // an error; "": the connection is closed
    };

    EventQueue();

    void add(Event event);
    std::vector<Event> take();

    // Returns a descriptor that is readable while events are queued.
    [[nodiscard]] int fd() const { return signal_.get(); }

private:
    nflog::FileDescriptor signal_; // an eventfd
    std::mutex mutex_;             // protects the members below
    std::vector<Event> events_;
};

} // namespace fleet
