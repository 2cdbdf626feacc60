// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <sys/stat.h>

namespace command {

// A file that a person writes, such as a file with a filter. `kind` names its content in error
// messages. All functions throw Failure.
class TextFile {
public:
    // `flags`: flags of open(2), in addition to O_RDONLY and O_CLOEXEC.
    TextFile(std::string path, std::string kind, int flags = 0);
    ~TextFile();
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    [[nodiscard]] struct stat status() const;

    // Returns the whole text. Throws if it is longer than 1 MiB or contains zero bytes.
    [[nodiscard]] std::string content() const;

private:
    [[noreturn]] void fail() const;

    std::string path_;
    std::string kind_;
    int fd_;
};

} // namespace command
