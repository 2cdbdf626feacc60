// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>

namespace binding::python {

// What a wait came to.
struct Arrival {
    enum class Kind {
        packet,
        nothing, // none in time, or woken
        ended,   // stopped and drained, or closed meanwhile
        raised,  // a Python exception is set
    };
    Kind kind;
    nflogcap_packet* packet;
};

// Waits up to `seconds`, for ever if less than 0, for a packet. Called with the GIL held, it lets
// other threads run while it waits, and signals be handled.
Arrival await_packet(Handle& handle, double seconds);

// Frees the capture once all threads that wait on it have left, unless it was closed before.
void close(Handle& handle);

} // namespace binding::python
