// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace nflog {

// A file in memory that several processes map. It exists while a process holds its descriptor. It
// never shrinks, so that a process can always read its bytes.
//
// If RLIMIT_FSIZE does not allow a file of that size, the file stays empty, and only children of
// fork() share the bytes.
class SharedMemory {
public:
    // Creates a memory of zeros. `name` is shown in /proc. Throws Error.
    SharedMemory(const char* name, std::size_t bytes);
    // Maps a memory that another process created. Throws Error (EBADMSG) if `file` is not such a
    // memory, or is too short.
    SharedMemory(FileDescriptor& file, std::size_t bytes);

    [[nodiscard]] int fd() const noexcept { return file_.get(); }
    // Whether the file contains the bytes, so that other processes can map them.
    [[nodiscard]] bool is_in_file() const noexcept { return is_in_file_; }
    // Whether RLIMIT_FSIZE allows a file of that size. If not, the system would end a process that
    // enlarges the file.
    [[nodiscard]] static bool can_have_size(std::uint64_t bytes) noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept { return mapping_.get_deleter().bytes; }
    // Returns the descriptor. The caller must close it.
    int release() noexcept { return file_.release(); }

    // The memory as an object of type T, which must be valid if all its bytes are 0.
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
