// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace command {

class StatusLine;

// Standard output: what is written in full, or known not to be. Throws Failure, or ReaderGone.
class Output {
public:
    // A status line gives way where both are on a terminal.
    explicit Output(StatusLine* status = nullptr);

    // To append to; flush_if_full() then keeps it small.
    std::string& buffer() { return buffer_; }
    [[nodiscard]] bool empty() const { return buffer_.empty(); }
    void flush_if_full();
    void flush();

    // Flushes and closes, which is when some file systems tell that they had no room.
    void close();

private:
    StatusLine* status_; // nullptr: none that would be in the way
    std::string buffer_;
};

// Whether someone reads what is written to the descriptor, and may cease to.
bool is_pipe(int fd);

// Of a pipe: whether nobody holds its other end any more.
bool reader_gone(int fd);

} // namespace command
