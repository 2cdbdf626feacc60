// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace command {

class StatusLine;

// Standard output, or a file. A packet counts as written only if it was written completely. Throws
// Failure, or ReaderGone.
class Output {
public:
    // Writes to standard output. If standard output and the status line are on a terminal, the
    // status line is cleared before each output.
    explicit Output(StatusLine* status = nullptr);
    // Writes to a file, and owns its descriptor. The name is for error messages.
    Output(int fd, std::string name);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

    // Returns the buffer, to which callers append. Call flush_if_full() afterwards, so that the
    // buffer does not grow.
    std::string& buffer() { return buffer_; }
    [[nodiscard]] bool empty() const { return buffer_.empty(); }
    void flush_if_full();
    void flush();

    // Call this after a packet: the data appended since the last call is this packet.
    void end_packet() { ends_.push_back(buffer_.size()); }
    // Returns the number of packets that were written completely.
    [[nodiscard]] std::uint64_t packets() const { return packets_; }

    // Returns the number of bytes appended since the output was opened.
    [[nodiscard]] std::uint64_t size() const { return written_ + buffer_.size(); }

    // Flushes and closes the output. Some file systems report a full disk only when a file is
    // closed.
    void close();

private:
    [[noreturn]] void fail(int error) const;
    void forget(std::size_t written);

    int fd_; // -1: closed
    std::string name_;
    StatusLine* status_; // nullptr: the status line is on no terminal of this output
    std::string buffer_;
    std::vector<std::size_t> ends_; // the ends of the packets in the buffer
    std::uint64_t packets_ = 0;
    std::uint64_t written_ = 0; // bytes
};

// Returns whether an errno of write(2) means that the output has no reader any more.
bool is_reader_gone(int error, int fd);

} // namespace command
