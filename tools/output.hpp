// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace command {

class StatusLine;

// Standard output, or a file: what is written in full, or known not to be. Throws Failure, or
// ReaderGone.
class Output {
public:
    // Standard output. A status line gives way where both are on a terminal.
    explicit Output(StatusLine* status = nullptr);
    // A file, which it owns, with its name for errors.
    Output(int fd, std::string name);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

    // To append to; flush_if_full() then keeps it small.
    std::string& buffer() { return buffer_; }
    [[nodiscard]] bool empty() const { return buffer_.empty(); }
    void flush_if_full();
    void flush();

    // What was appended up to here is a packet.
    void end_packet() { ends_.push_back(buffer_.size()); }
    // Packets that were written whole.
    [[nodiscard]] std::uint64_t packets() const { return packets_; }

    // Bytes that were appended since it was opened.
    [[nodiscard]] std::uint64_t size() const { return written_ + buffer_.size(); }

    // Flushes and closes, which is when some file systems tell that they had no room.
    void close();

private:
    [[noreturn]] void fail(int error) const;
    void forget(std::size_t written);

    int fd_; // -1: closed
    std::string name_;
    StatusLine* status_; // nullptr: none that would be in the way
    std::string buffer_;
    std::vector<std::size_t> ends_; // of the packets in the buffer
    std::uint64_t packets_ = 0;
    std::uint64_t written_ = 0; // bytes
};

// Whether an errno of write(2) says that nobody reads from the descriptor any more.
bool is_reader_gone(int error, int fd);

} // namespace command
