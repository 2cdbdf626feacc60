// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

namespace support {

// What `new` takes memory from, with operator_new.cpp: the program that links that defines it.
// Returns nullptr if there is no memory. The memory is released with free().
void* allocate(std::size_t bytes) noexcept;

} // namespace support
