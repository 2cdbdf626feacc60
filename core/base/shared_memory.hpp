// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace nflog {

// A file in memory that several processes map. It lives as long as one of them holds its
// descriptor, and never becomes shorter, so that its bytes can always be read.
//
// If the process may not make files of that size (RLIMIT_FSIZE), the file is empty, and children of
// fork() alone share the bytes.
class SharedMemory {
public:
    // A new one, of zeros. `name` is for people who look into /proc. Throws Error.
    SharedMemory(const char* name, std::size_t bytes);
    // One that was made in another process. Throws Error (EBADMSG) if `file` is something else, or
    // has fewer bytes.
    SharedMemory(FileDescriptor& file, std::size_t bytes);

    [[nodiscard]] int fd() const noexcept { return file_.get(); }
    // Whether the file has the bytes, so that other processes can map them.
    [[nodiscard]] bool is_in_file() const noexcept { return is_in_file_; }
    // Whether the file may grow to that size: if not, writing there would end the process.
    [[nodiscard]] static bool can_have_size(std::uint64_t bytes) noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept { return mapping_.get_deleter().bytes; }
    // Leaves the closing of the descriptor to the caller.
    int release() noexcept { return file_.release(); }

    // The bytes from its beginning as an object, which zeros must be valid for.
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
