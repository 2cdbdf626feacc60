// SPDX-License-Identifier: GPL-2.0-or-later
#include "random_word.hpp"

#include "characters.hpp"

#include <array>
#include <sys/random.h>

namespace spool {

std::string random_word()
{
    constexpr unsigned digit_bits = 4;
    constexpr unsigned digit_mask = 15;
    std::array<unsigned char, random_word_digits / 2> bytes{};
    while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    std::string text;
    for (const unsigned char byte : bytes) {
        text += nflog::hex_digits[byte >> digit_bits];
        text += nflog::hex_digits[byte & digit_mask];
    }
    return text;
}

} // namespace spool
