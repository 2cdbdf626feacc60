// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "must.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace fuzz {

// A file in memory. It has a path, because the reader and the writer need one.
class MemoryFile {
public:
    explicit MemoryFile(const char* name)
        : file_(memfd_create(name, MFD_CLOEXEC)),
          path_("/proc/self/fd/" + std::to_string(file_.get()))
    {
        must(file_.get() >= 0, "a file in memory can be made");
    }

    void fill(const std::uint8_t* data, std::size_t size) const
    {
        must(ftruncate(file_.get(), 0) == 0 &&
                 pwrite(file_.get(), data, size, 0) == static_cast<ssize_t>(size),
             "a file in memory can be written");
    }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    nflog::FileDescriptor file_;
    std::string path_;
};

} // namespace fuzz
