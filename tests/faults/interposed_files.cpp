// SPDX-License-Identifier: GPL-2.0-or-later
// Replacements for libc: functions on files and directories.
#include "interposed.hpp"

#include <cstdarg>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

using seam::fail;
using seam::Fault;
using seam::next;
using seam::shortened;
using seam::strike;

DEFINE(int, open, (const char* path, int flags, ...))
{
    using Real = int(const char*, int, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_open, "open"));
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (const Fault fault = strike("open"))
        return fail(fault);
    return real(path, flags, mode);
}

DEFINE(ssize_t, pread, (int fd, void* buffer, size_t size, off_t offset))
{
    static auto* const real = next(&interposed_pread, "pread");
    const Fault fault = strike("pread");
    if (fault.is_failure())
        return fail(fault);
    return fault.way == Fault::Way::ends ? 0 : real(fd, buffer, shortened(fault, size), offset);
}

DEFINE(ssize_t, pwrite, (int fd, const void* bytes, size_t size, off_t offset))
{
    static auto* const real = next(&interposed_pwrite, "pwrite");
    const Fault fault = strike("pwrite");
    return fault.is_failure() ? fail(fault) : real(fd, bytes, shortened(fault, size), offset);
}

FAILS(off_t, lseek, (int fd, off_t offset, int whence), (fd, offset, whence), "lseek", -1)
FAILS(int, fstat, (int fd, struct stat* status), (fd, status), "fstat", -1)
FAILS(int, ftruncate, (int fd, off_t length), (fd, length), "ftruncate", -1)
FAILS(int, memfd_create, (const char* name, unsigned flags), (name, flags), "memfd_create", -1)
FAILS(FILE*, fopencookie, (void* cookie, const char* mode, cookie_io_functions_t functions),
      (cookie, mode, functions), "fopencookie", nullptr)
FAILS_DONE(int, fclose, (FILE * file), (file), EOF)

// Functions that read /proc. The C++ library opens a directory by its descriptor.

FAILS(FILE*, fopen, (const char* path, const char* mode), (path, mode), "fopen", nullptr)
FAILS(DIR*, opendir, (const char* path), (path), "opendir", nullptr)
FAILS(DIR*, fdopendir, (int fd), (fd), "opendir", nullptr)
FAILS(dirent*, readdir, (DIR * directory), (directory), "readdir", nullptr)
FAILS_DONE(int, closedir, (DIR * directory), (directory), -1)
FAILS(ssize_t, readlink, (const char* path, char* buffer, size_t size), (path, buffer, size),
      "readlink", -1)

DEFINE(int, openat, (int directory, const char* path, int flags, ...))
{
    using Real = int(int, const char*, int, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_openat, "openat"));
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (const Fault fault = strike("open"))
        return fail(fault);
    return real(directory, path, flags, mode);
}

ALSO(open64, open)
ALSO(lseek64, lseek)
ALSO(pread64, pread)
ALSO(pwrite64, pwrite)
ALSO(fstat64, fstat)
ALSO(ftruncate64, ftruncate)
ALSO(fopen64, fopen)
ALSO(readdir64, readdir)
