// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "savefile_kind.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace nflog {

// Compresses a file in parts: gzip members or zstd frames. The parts do not depend on each other,
// and are decoded one after the other.
class Encoder {
public:
    Encoder() = default;
    virtual ~Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder(Encoder&&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    Encoder& operator=(Encoder&&) = delete;

    // Returns a part that contains these bytes. Throws std::bad_alloc.
    [[nodiscard]] virtual std::vector<char> encode(std::span<const char> bytes) = 0;
};

// Makes an encoder; nullptr if the compression is "none". `failure`: what fails without the
// encoder. Throws Error (EOPNOTSUPP) if the library that compresses is not installed.
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(Compression compression,
                                                    const std::string& failure);

} // namespace nflog
