// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "record_framing.hpp"
#include "savefile_content.hpp"
#include "stop_request.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace nflog {

// The input of a savefile that is read. libpcap reads it through a stream. While libpcap reads the
// file's head, the stream waits for bytes. After the head, the stream contains only complete
// records and seems to end after them, so that libpcap never waits for the rest of a record.
// Records can also be taken directly from the buffer until the stream has read a record.
class SavefileInput {
public:
    // Opens the file; "-": standard input. Does not wait for a FIFO's writer. Throws Error if the
    // file cannot be opened.
    SavefileInput(const std::string& path, StopRequest stop);
    ~SavefileInput() = default;
    SavefileInput(const SavefileInput&) = delete; // the stream points to this object
    SavefileInput(SavefileInput&&) = delete;
    SavefileInput& operator=(const SavefileInput&) = delete;
    SavefileInput& operator=(SavefileInput&&) = delete;

    // Opens a stream that starts at the file's first byte. The caller must close it. If a signal
    // ended the wait for a pipe's head (error() is EINTR), the bytes that were read are kept, and
    // the next stream begins with them. Returns nullptr if there is no memory.
    std::FILE* open_stream() noexcept;

    // Must be called after the head was read.
    void begin_records() noexcept { in_head_ = false; }
    // Whether there is something to read: a complete record, or the end of the file.
    [[nodiscard]] bool has_record() noexcept { return ended_ || wanted() <= end_ - taken_; }
    // Must be called if there is no record. Reads once more, without waiting.
    void gather();

    // The bytes that were read and not taken. They do not move until gather() is called. Their
    // alignment in memory is the same as in the file.
    [[nodiscard]] std::span<char> rest() noexcept { return {bytes() + taken_, end_ - taken_}; }
    void take(std::size_t size) noexcept { whole_ = taken_ += size; }

    [[nodiscard]] const RecordFraming& framing() const noexcept { return *framing_; }

    [[nodiscard]] const SavefileContent& content() const noexcept { return content_; }

    // Whether gather() makes progress although the descriptor is not readable.
    [[nodiscard]] bool may_read_on() const noexcept
    {
        return !content_.is_live() || content_.has_more();
    }

    // Whether the end of the stream is the end of the file.
    [[nodiscard]] bool is_at_end() const noexcept { return ended_; }

    // Whether the file begins like a savefile.
    [[nodiscard]] bool is_savefile() const noexcept { return framing_ && framing_->is_known(); }

    // Whether a stop ended the wait for the head.
    [[nodiscard]] bool was_stopped() const noexcept { return was_stopped_; }

    // The errno of a failed read, or 0.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    static constexpr std::size_t page_bytes = 4096;
    struct alignas(page_bytes) Page {
        std::array<char, page_bytes> bytes;
    };

    [[nodiscard]] char* bytes() noexcept { return pages_.front().bytes.data(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return pages_.size() * page_bytes; }
    [[nodiscard]] std::size_t wanted() noexcept;
    static ssize_t read_stream(void* self, char* to, std::size_t size) noexcept;
    void read_head() noexcept;
    void await(std::size_t wanted) noexcept;
    bool await_readable() noexcept;
    ssize_t read() noexcept;
    int make_room() noexcept;
    void find_whole_records() noexcept;

    SavefileContent content_;
    StopRequest stop_;
    std::uint64_t position_ = 0; // bytes read
    std::optional<RecordFraming> framing_;
    // If the file is not compressed, each byte has the same offset in a page as in the file,
    // because the kernel copies faster then.
    std::vector<Page> pages_;
    std::size_t taken_ = 0;     // end of the bytes of pages_ that were taken
    std::size_t whole_ = 0;     // end of the bytes that the stream may take
    std::size_t end_ = 0;       // end of the bytes that were read
    std::size_t head_left_ = 0; // bytes of the head's current part that the stream may not take yet
    bool in_head_ = true;
    bool ended_ = false;
    bool was_stopped_ = false;
    int error_ = 0;
};

} // namespace nflog
