// SPDX-License-Identifier: GPL-2.0-or-later
#include "privileges.hpp"

#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace command {

User::User(const std::string& name) : name_(name)
{
    errno = 0;
    const passwd* found = getpwnam(name.c_str()); // cppcheck-suppress getpwnamCalled; one thread
    if (found == nullptr)
        throw Failure("-Z " + name + ": there is no such user" +
                          (errno != 0 ? std::string(" to be found: ") + std::strerror(errno) : ""),
                      wrong_usage);
    uid_ = found->pw_uid;
    gid_ = found->pw_gid;
}

void User::become() const
{
    if (initgroups(name_.c_str(), gid_) == 0 && setresgid(gid_, gid_, gid_) == 0 &&
        setresuid(uid_, uid_, uid_) == 0) {
        if (uid_ != 0 && setuid(0) == 0)
            throw Failure("-Z " + name_ +
                          ": root's rights could be had back, so they were not dropped");
        return;
    }
    const int error = errno;
    std::string words = "-Z " + name_ + ": cannot become this user: " + std::strerror(error);
    if (error == EPERM)
        words += "; only root may, where its user namespace lets it set groups";
    else if (error == EINVAL)
        words += "; this user namespace does not have it";
    throw Failure(words);
}

} // namespace command
