// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "counter.hpp"
#include "decoder.hpp"
#include "error.hpp"
#include "file_descriptor.hpp"
#include "source.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace nflog {

// The bytes of a savefile. If the file is compressed, they are decompressed.
class SavefileContent {
public:
    // Opens the file; "-": standard input. Does not wait for a FIFO's writer. Throws Error if the
    // file cannot be opened.
    explicit SavefileContent(const std::string& path);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] int fd() const noexcept { return file_.get(); }

    // Whether a read may have to wait, as with a pipe, a socket or a terminal.
    [[nodiscard]] bool is_live() const noexcept { return !begin_; }

    // Like read(2). Reads from the descriptor at most once. EAGAIN also means that the bytes from
    // the descriptor do not decode to any bytes yet.
    ssize_t read(std::span<char> to) noexcept;

    // Whether read() can return bytes without reading from the descriptor.
    [[nodiscard]] bool has_more() const noexcept
    {
        return !unread_.empty() || may_hold_bytes_ || (decoder_ && decoder_->error() != 0);
    }

    // Makes the Error for an errno of read(). `what`: the failed action.
    [[nodiscard]] Error failure(const std::string& what, int code) const;

    // Counts bytes of the file, which are compressed bytes if it is compressed. Any thread can call
    // this.
    [[nodiscard]] ReadingProgress progress() const noexcept { return {read_.get(), size_}; }

private:
    ssize_t read_file(std::span<char> to) noexcept;
    ssize_t read_magic() noexcept;
    ssize_t take_unread(std::span<char> to) noexcept;
    ssize_t decode(std::span<char> to) noexcept;
    ssize_t end_of_compressed() noexcept;
    bool find_decoder() noexcept;

    std::string path_;
    FileDescriptor file_;
    // Reading began here; not the file's own offset, because fork() shares it
    std::optional<off_t> begin_;
    std::uint64_t size_ = 0;
    Counter read_;
    std::array<char, compression_magic_bytes> magic_{};
    std::size_t magic_size_ = 0;
    bool is_magic_known_ = false;
    std::unique_ptr<Decoder> decoder_; // nullptr: the file is not compressed
    std::vector<char> compressed_;     // the bytes last read from the file
    std::span<const char> unread_;     // the rest of compressed_ or magic_
    bool may_hold_bytes_ = false;      // whether the decoder may have output
    bool is_cut_ = false;
    std::optional<Error> no_decoder_;
};

} // namespace nflog
