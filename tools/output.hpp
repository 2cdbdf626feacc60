// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace command {

class StatusLine;

// Standard output, or a file. Everything is written in full, or is known not to be. Throws Failure,
// or ReaderGone.
class Output {
public:
    // Standard output. If both it and the status line are on a terminal, the status line is cleared
    // before output.
    explicit Output(StatusLine* status = nullptr);
    // A file, which the object owns. The name is for errors.
    Output(int fd, std::string name);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

    // To append to; call flush_if_full() afterwards to keep it small.
    std::string& buffer() { return buffer_; }
    [[nodiscard]] bool empty() const { return buffer_.empty(); }
    void flush_if_full();
    void flush();

    // The data appended since the last call is one packet.
    void end_packet() { ends_.push_back(buffer_.size()); }
    // Packets that were written completely.
    [[nodiscard]] std::uint64_t packets() const { return packets_; }

    // Bytes appended since it was opened.
    [[nodiscard]] std::uint64_t size() const { return written_ + buffer_.size(); }

    // Flushes and closes. Some file systems report a full disk only at this point.
    void close();

private:
    [[noreturn]] void fail(int error) const;
    void forget(std::size_t written);

    int fd_; // -1: closed
    std::string name_;
    StatusLine* status_; // nullptr: there is no status line on the same terminal
    std::string buffer_;
    std::vector<std::size_t> ends_; // of the packets in the buffer
    std::uint64_t packets_ = 0;
    std::uint64_t written_ = 0; // bytes
};

// Whether an errno of write(2) means that nothing reads from the descriptor any more.
bool is_reader_gone(int error, int fd);

} // namespace command
