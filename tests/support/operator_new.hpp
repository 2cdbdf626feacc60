// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

namespace support {

// The source of memory for `new`, with operator_new.cpp. The program that links that file defines
// this function.
// Returns nullptr if there is no memory. The memory is released with free().
void* allocate(std::size_t bytes) noexcept;

} // namespace support
