// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace nflog {

// The file that a savefile is written to.
class SavefileOutput {
public:
    // Creates the file, or empties an existing one. "-": standard output. Throws Error.
    explicit SavefileOutput(const std::string& path);

    // Writes all bytes, and returns 0, or an errno. Adds the bytes that the file has taken to
    // `taken`, after each of the system's calls.
    [[nodiscard]] int write(std::span<const char> bytes, std::uint64_t& taken) const noexcept;

    // Takes the last so many bytes back, which write() has written. False if that is impossible.
    [[nodiscard]] bool shorten(std::size_t bytes) const noexcept;

    // Returns 0 or an errno. Only the destructor may follow.
    [[nodiscard]] int close() noexcept;

private:
    FileDescriptor file_;
};

} // namespace nflog
