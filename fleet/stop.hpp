// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace fleet {

// While an object exists, SIGINT, SIGTERM and SIGHUP request a stop, and interrupt a waiting system
// call. A second such signal ends the process at once, as without this class. Only one object can
// exist at a time.
class Stop {
public:
    Stop();
    ~Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    static bool is_requested();
};

} // namespace fleet
