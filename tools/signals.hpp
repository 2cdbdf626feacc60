// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

namespace command {

// While it lives, SIGINT, SIGTERM and SIGHUP stop the capture without loss; the second of them
// ends the process at once, as it would without this. There is one at a time.
class StopOnSignal {
public:
    explicit StopOnSignal(nflogcap* handle);
    ~StopOnSignal();

    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    // Whether one came.
    static bool stopped();
};

// A closed pipe is an error of write(2), not the end of the process.
void ignore_sigpipe();

} // namespace command
