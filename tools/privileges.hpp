// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <sys/types.h>

namespace command {

// A user of this machine, to become as soon as nothing more requires root.
class User {
public:
    // Throws Failure of wrong_usage if there is no user with that name.
    explicit User(const std::string& name);

    // Changes to the user's groups and ids permanently and, unless the user is root, drops all
    // capabilities. Throws Failure.
    void become() const;

private:
    std::string name_;
    uid_t uid_;
    gid_t gid_;
};

} // namespace command
