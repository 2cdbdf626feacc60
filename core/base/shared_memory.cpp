// SPDX-License-Identifier: GPL-2.0-or-later
#include "shared_memory.hpp"

#include "error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <new>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <utility>

namespace nflog {

namespace {

// Creates the file. It stays empty if RLIMIT_FSIZE does not allow its size.
FileDescriptor made(const char* name, std::size_t bytes)
{
    constexpr unsigned not_executable = 8; // MFD_NOEXEC_SEAL, which a system may require
    constexpr unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    FileDescriptor file(memfd_create(name, flags | not_executable));
    if (file.get() < 0 && errno == EINVAL) // before Linux 6.3
        file = FileDescriptor(memfd_create(name, flags));
    if (file.get() < 0 ||
        (SharedMemory::can_have_size(bytes) &&
         ftruncate(file.get(), static_cast<off_t>(bytes)) < 0) ||
        fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK) < 0)
        throw system_failure("cannot create memory to share between processes", errno);
    return file;
}

bool is_shared_memory(int fd, std::size_t bytes)
{
    struct stat found {};
    const int seals = fcntl(fd, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0 && fstat(fd, &found) == 0 &&
           static_cast<std::size_t>(found.st_size) >= bytes;
}

int required(int fd, std::size_t bytes)
{
    if (!is_shared_memory(fd, bytes))
        throw Error(EBADMSG, "cannot map descriptor " + std::to_string(fd) +
                                 ": it is not the shared memory of a capture");
    return fd;
}

void* mapped(int fd, std::size_t bytes)
{
    const int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
    void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (pages == MAP_FAILED)
        throw std::bad_alloc();
    return pages;
}

} // namespace

void SharedMemory::Unmap::operator()(void* mapping) const noexcept
{
    munmap(mapping, bytes);
}

SharedMemory::SharedMemory(const char* name, std::size_t bytes)
    : file_(made(name, bytes)), is_in_file_(can_have_size(bytes)),
      mapping_(mapped(is_in_file_ ? file_.get() : -1, bytes), Unmap{bytes})
{
}

bool SharedMemory::can_have_size(std::uint64_t bytes) noexcept
{
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    return bytes <= limit.rlim_cur;
}

SharedMemory::SharedMemory(FileDescriptor& file, std::size_t bytes)
    : mapping_(mapped(required(file.get(), bytes), bytes), Unmap{bytes})
{
    std::swap(file_, file);
}

} // namespace nflog
