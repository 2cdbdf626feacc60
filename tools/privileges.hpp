// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <sys/types.h>

namespace command {

// A user of this machine, to become once nothing more needs root.
class User {
public:
    // Throws Failure of wrong_usage where there is none of that name.
    explicit User(const std::string& name);

    // Takes the user's groups and ids and, unless it is root, drops all capabilities, for good.
    // Throws Failure.
    void become() const;

private:
    std::string name_;
    uid_t uid_;
    gid_t gid_;
};

} // namespace command
