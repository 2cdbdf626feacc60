// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace nflog {

// The file to which a savefile is written.
class SavefileOutput {
public:
    // Creates the file, or empties an existing one. "-": standard output. Throws Error.
    explicit SavefileOutput(const std::string& path);

    // Writes all bytes, and returns 0 or an errno. Each time that the file has accepted some bytes,
    // calls taken(count).
    template <typename Taken>
    [[nodiscard]] int write(std::span<const char> bytes, Taken taken) const noexcept
    {
        int code = 0;
        while (!bytes.empty() && code == 0) {
            const std::size_t count = write_some(bytes, code);
            bytes = bytes.subspan(count);
            if (count > 0)
                taken(count);
        }
        return code;
    }

    // Removes the last `bytes` bytes, which write() must have written. Returns false if this is
    // impossible.
    [[nodiscard]] bool shorten(std::size_t bytes) const noexcept;

    // Returns 0 or an errno. After this call, only the destructor may be called.
    [[nodiscard]] int close() noexcept;

private:
    // Returns how many bytes the file accepted. `code`: why it accepts no more now, or 0 if it may.
    [[nodiscard]] std::size_t write_some(std::span<const char> bytes, int& code) const noexcept;

    FileDescriptor file_;
};

} // namespace nflog
