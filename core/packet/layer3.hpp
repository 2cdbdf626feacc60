// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace nflog {

// The position and the type of a header or packet inside some bytes.
struct Layer3 {
    std::uint16_t ethertype; // 0 if unknown
    std::size_t offset;
};

} // namespace nflog
