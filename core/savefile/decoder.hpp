// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace nflog {

// Decodes a compressed file, piece by piece. The file may consist of several compressed parts: gzip
// members, zstd or lz4 frames.
class Decoder {
public:
    Decoder() = default;
    virtual ~Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder(Decoder&&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    Decoder& operator=(Decoder&&) = delete;

    struct Progress {
        std::size_t read = 0;
        std::size_t written = 0;
    };
    // Decodes until all of `in` was read, `out` is full, or an error occurs. A call may read
    // without writing, or write without reading. If `out` was filled, there may be more output.
    virtual Progress decode(std::span<const char> in, std::span<char> out) noexcept = 0;

    // Whether the file may end at the present position.
    [[nodiscard]] bool is_between_parts() const noexcept { return is_between_parts_; }

    // Why decoding failed: 0 if it did not, ENOMEM, or EBADMSG with a reason.
    [[nodiscard]] int error() const noexcept { return error_; }
    [[nodiscard]] const char* reason() const noexcept { return reason_; }

protected:
    void set_between_parts(bool is) noexcept { is_between_parts_ = is; }
    void fail_without_memory() noexcept;
    void fail(const char* reason) noexcept; // the reason must stay valid

private:
    bool is_between_parts_ = false;
    int error_ = 0;
    const char* reason_ = "";
};

// Makes a decoder for a file that begins with the bytes `head`; nullptr if they are not those of a
// compressed file. Pass compression_magic_bytes bytes, or fewer if the file is shorter. `failure`:
// what fails without the decoder. Throws Error (EOPNOTSUPP) if the library that decodes the file is
// not installed.
constexpr std::size_t compression_magic_bytes = 4;
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(std::span<const char> head,
                                                    const std::string& failure);

} // namespace nflog
