// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "message.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace fleet {

// What libnats tells in its threads, for the one thread that has all state.
class EventQueue {
public:
    struct Event {
        MessageHandle message; // null: the words
        std::string words;     // of an error, or "" for a connection that is closed
    };

    EventQueue();

    void add(Event event);
    std::vector<Event> take();

    // Becomes readable when there is one.
    [[nodiscard]] int fd() const { return signal_.get(); }

private:
    nflog::FileDescriptor signal_; // an eventfd
    std::mutex mutex_;             // of what follows
    std::vector<Event> events_;
};

} // namespace fleet
