// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace nflog {

// A file in memory that several processes map. It exists as long as a process holds its descriptor,
// and never shrinks, so that its bytes can always be read.
//
// If the process may not make files of that size (RLIMIT_FSIZE), the file is empty, and only
// children of fork() share the bytes.
class SharedMemory {
public:
    // Creates a memory of zeros. `name` is shown in /proc. Throws Error.
    SharedMemory(const char* name, std::size_t bytes);
    // Maps a memory that another process created. Throws Error (EBADMSG) if `file` is something
    // else, or is too short.
    SharedMemory(FileDescriptor& file, std::size_t bytes);

    [[nodiscard]] int fd() const noexcept { return file_.get(); }
    // Whether the file contains the bytes, so that other processes can map them.
    [[nodiscard]] bool is_in_file() const noexcept { return is_in_file_; }
    // Whether the file can grow to that size. If it cannot, writing there would end the process.
    [[nodiscard]] static bool can_have_size(std::uint64_t bytes) noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept { return mapping_.get_deleter().bytes; }
    // The caller must close the descriptor.
    int release() noexcept { return file_.release(); }

    // The bytes from the beginning as an object. Zeros must be a valid value of it.
    template <typename T>
    [[nodiscard]] T& as() const noexcept
    {
        return *std::launder(static_cast<T*>(mapping_.get()));
    }

private:
    struct Unmap {
        std::size_t bytes;
        void operator()(void* mapping) const noexcept;
    };

    FileDescriptor file_;
    bool is_in_file_ = true;
    std::unique_ptr<void, Unmap> mapping_;
};

} // namespace nflog
