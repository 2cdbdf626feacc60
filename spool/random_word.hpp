// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace spool {

constexpr std::size_t random_word_digits = 16;

// Returns random hexadecimal digits.
std::string random_word();

} // namespace spool
