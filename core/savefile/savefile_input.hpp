// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

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
    // waited for it holds nothing itself, so that it is known what was read and not taken yet.
    std::FILE* open_stream() noexcept;

    [[nodiscard]] int fd() const noexcept { return file_.get(); }

    // Whether its bytes come as another makes them: a pipe, a socket, a terminal.
    [[nodiscard]] bool is_live() const noexcept { return is_live_; }

    // Whether there is something to take without a look at the descriptor.
    [[nodiscard]] bool has_backlog() const noexcept { return !is_live_ || !gathered_.empty(); }

    // Whether there is something to take now, or an end or a failure to tell.
    [[nodiscard]] bool is_ready() const noexcept;

    // From now on a signal ends no read, which would tear a record apart.
    void read_through_signals() noexcept { through_signals_ = true; }

    // The errno that a read failed with; 0 where none did.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    static ssize_t take(void* self, char* to, std::size_t size) noexcept;
    ssize_t read(std::span<char> to) noexcept;

    FileDescriptor file_;
    std::vector<char> buffer_; // of what is live
    std::span<char> gathered_; // in it: read, and not taken yet
    bool is_live_ = false;
    bool through_signals_ = false;
    int error_ = 0;
};

} // namespace nflog
