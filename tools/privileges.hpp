// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <sys/types.h>

namespace command {

// A user of this machine. The command becomes this user when it needs no more root rights.
class User {
public:
    // Throws Failure with wrong_usage if there is no user with that name.
    explicit User(const std::string& name);

    // Takes the user's groups and ids permanently. Drops all capabilities, unless the user is root.
    // Throws Failure.
    void become() const;

private:
    std::string name_;
    uid_t uid_;
    gid_t gid_;
};

} // namespace command
