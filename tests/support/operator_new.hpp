// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

namespace support {

// Allocates the memory for `new`. A program that links operator_new.cpp must define this function.
// It returns nullptr if there is no memory. The memory is released with free().
void* allocate(std::size_t bytes) noexcept;

} // namespace support
