// SPDX-License-Identifier: GPL-2.0-or-later
#include "privileges.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace command {

namespace {

// Drops all capabilities. The kernel does this itself only if root becomes another user. A process
// that is not root may have capabilities from its file, or ambient ones from its parent, and would
// keep them.
bool drop_capabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    return syscall(SYS_capset, &header, none.data()) == 0;
}

} // namespace

User::User(const std::string& name) : name_(name)
{
    errno = 0;
    const passwd* found = getpwnam(name.c_str()); // cppcheck-suppress getpwnamCalled; one thread
    const int error = errno;
    if (found == nullptr)
        throw Failure(
            "-Z " + name + ": there is no such user" +
                (error != 0 ? std::string(": ") + std::strerror(error) + advice_on(error) : ""),
            wrong_usage);
    uid_ = found->pw_uid;
    gid_ = found->pw_gid;
}

void User::become() const
{
    if (initgroups(name_.c_str(), gid_) == 0 && setresgid(gid_, gid_, gid_) == 0 &&
        setresuid(uid_, uid_, uid_) == 0 && (uid_ == 0 || drop_capabilities())) {
        if (uid_ != 0 && setuid(0) == 0)
            throw Failure("-Z " + name_ +
                          ": the process could become root again, so its rights were not dropped");
        return;
    }
    const int error = errno;
    std::string words = "-Z " + name_ + ": cannot become this user: " + std::strerror(error);
    if (error == EPERM)
        words += "; this requires CAP_SETUID and CAP_SETGID, and a user namespace that allows "
                 "setgroups(2): run as root";
    else if (error == EINVAL)
        words += "; this user does not exist in this user namespace";
    throw Failure(words);
}

} // namespace command
