// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

namespace support {

// What `new` takes memory from, with operator_new.cpp: the program that links that defines it.
// nullptr: there is none. It is given back by free().
void* allocate(std::size_t bytes) noexcept;

} // namespace support
