// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace fleet {

// While it lives, SIGINT, SIGTERM and SIGHUP request a stop and interrupt a system call that waits;
// the second of them ends the process at once, as it would without this. There is one at a time.
class Stop {
public:
    Stop();
    ~Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    static bool is_requested();
};

} // namespace fleet
