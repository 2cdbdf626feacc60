// SPDX-License-Identifier: GPL-2.0-or-later
#include "chunk.hpp"

#include "characters.hpp"
#include "crc32c.hpp"
#include "words.hpp"

#include <limits>

namespace spool {

namespace {

constexpr std::string_view sum_key = " line=";
constexpr int hexadecimal = 16;

std::string hex(std::uint32_t number)
{
    constexpr unsigned digit_bits = 4;
    constexpr unsigned digit_mask = 15;
    std::string text;
    for (unsigned shift = std::numeric_limits<std::uint32_t>::digits; shift > 0;) {
        shift -= digit_bits;
        text += nflog::hex_digits[(number >> shift) & digit_mask];
    }
    return text;
}

} // namespace

std::string Chunk::line() const
{
    std::string text = "chunk=" + std::to_string(number) + " group=" + std::to_string(group) +
                       " offset=" + std::to_string(offset) + " length=" + std::to_string(length) +
                       " checksum=" + hex(checksum) + " " + account.text();
    if (!interfaces.empty())
        text += " interfaces=" + interfaces;
    return text + std::string(sum_key) + hex(crc32c(text)) + "\n";
}

std::optional<Chunk> Chunk::parse(std::string_view line)
{
    const std::size_t end = line.rfind(sum_key);
    if (end == std::string_view::npos)
        return {};
    const std::string_view text = line.substr(0, end);
    const auto sum = number_in<std::uint32_t>(line.substr(end + sum_key.size()), hexadecimal);
    if (!sum || *sum != crc32c(text))
        return {};
    Chunk chunk;
    const std::optional<Account> account = Account::parse(text);
    if (!account || !read_number(text, "chunk", chunk.number) || chunk.number == 0 ||
        !read_number(text, "group", chunk.group) || !read_number(text, "offset", chunk.offset) ||
        !read_number(text, "length", chunk.length) ||
        !read_number(text, "checksum", chunk.checksum, hexadecimal))
        return {};
    chunk.account = *account;
    chunk.interfaces = value_of(text, "interfaces").value_or("");
    return chunk;
}

} // namespace spool
