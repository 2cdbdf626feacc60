// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdio>
#include <string>
#include <sys/types.h>

namespace nflog {

// The file that a savefile is read from, as libpcap takes it.
class SavefileInput {
public:
    // "-": standard input. Throws Error where it cannot be opened.
    explicit SavefileInput(const std::string& path);
    ~SavefileInput() = default;
    SavefileInput(const SavefileInput&) = delete; // the stream points to it
    SavefileInput(SavefileInput&&) = delete;
    SavefileInput& operator=(const SavefileInput&) = delete;
    SavefileInput& operator=(SavefileInput&&) = delete;

    // A stream that reads it, for its taker to close; nullptr without memory. Of what is to be
    // waited for it takes no byte more than it is asked for, so that the descriptor shows the rest.
    std::FILE* open_stream() noexcept;

    [[nodiscard]] int fd() const noexcept { return file_.get(); }

    // Whether its bytes come as another makes them: a pipe, a socket, a terminal.
    [[nodiscard]] bool is_live() const noexcept { return is_live_; }

    // Whether a read has something to tell now.
    [[nodiscard]] bool is_ready() const noexcept;

    // From now on a signal ends no read, which would tear a record apart.
    void read_through_signals() noexcept { through_signals_ = true; }

    // The errno that a read failed with; 0 where none did.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    static ssize_t read(void* self, char* buffer, std::size_t size) noexcept;

    FileDescriptor file_;
    bool is_live_ = false;
    bool through_signals_ = false;
    int error_ = 0;
};

} // namespace nflog
