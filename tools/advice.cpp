// SPDX-License-Identifier: GPL-2.0-or-later
#include "advice.hpp"

#include <cerrno>

namespace command {

std::string advice_on(int error)
{
    switch (error) {
    case EMFILE:
        return "; raise the limit of open files ('ulimit -n')";
    case ENFILE:
        return "; end a program that has many files open, or raise the sysctl fs.file-max";
    default:
        return {};
    }
}

std::string advice_on_writing(int error, const std::string& user)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return "; free some space, or write elsewhere";
    case EFBIG:
        return "; raise the limit of file sizes ('ulimit -f')";
    case EROFS:
        return "; its file system is mounted read-only: write elsewhere";
    case ENOENT:
        return "; make its directory first, or write elsewhere";
    case EACCES:
        return "; allow " + (user.empty() ? "this user" : user) +
               " to write this file and its directory, or write elsewhere";
    default:
        return advice_on(error);
    }
}

} // namespace command
