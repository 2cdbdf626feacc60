// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace nflog {

// Where something begins in bytes, and what it is.
struct Layer3 {
    std::uint16_t ethertype; // 0 if nothing says it
    std::size_t offset;
};

} // namespace nflog
