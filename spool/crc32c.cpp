// SPDX-License-Identifier: GPL-2.0-or-later
#include "crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace spool {

namespace {

constexpr std::size_t word_bytes = 8;
constexpr std::uint32_t byte_mask = 255;

// tables[n] is for a byte that is followed by n other bytes of a word.
constexpr auto tables = [] {
    constexpr std::uint32_t polynomial = 0x82f63b78; // in reflected form
    constexpr std::size_t values = 256;
    std::array<std::array<std::uint32_t, values>, word_bytes> result{};
    for (std::uint32_t value = 0; value < values; ++value) {
        std::uint32_t sum = value;
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? polynomial : 0U);
        result[0][value] = sum;
    }
    for (std::size_t n = 1; n < word_bytes; ++n)
        for (std::size_t value = 0; value < values; ++value) {
            const std::uint32_t before = result[n - 1][value];
            result[n][value] = (before >> 8U) ^ result[0][before & byte_mask];
        }
    return result;
}();

std::uint32_t add_byte(std::uint32_t sum, char byte) noexcept
{
    return (sum >> 8U) ^ tables[0][(sum ^ static_cast<unsigned char>(byte)) & byte_mask];
}

std::uint32_t by_table(std::uint32_t sum, std::string_view bytes) noexcept
{
    while (bytes.size() >= word_bytes) {
        std::uint32_t next = 0;
        for (std::size_t n = 0; n < word_bytes; ++n) {
            const std::uint32_t of_sum = n < sizeof sum ? sum >> (8U * n) : 0U;
            next ^= tables[word_bytes - 1 - n]
                          [(of_sum ^ static_cast<unsigned char>(bytes[n])) & byte_mask];
        }
        sum = next;
        bytes.remove_prefix(word_bytes);
    }
    for (const char byte : bytes)
        sum = add_byte(sum, byte);
    return sum;
}

#if defined(__x86_64__)

[[gnu::target("sse4.2")]] std::uint32_t by_instruction(std::uint32_t sum,
                                                       std::string_view bytes) noexcept
{
    unsigned long long wide = sum;
    while (bytes.size() >= word_bytes) {
        unsigned long long word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes.remove_prefix(word_bytes);
    }
    sum = static_cast<std::uint32_t>(wide);
    for (const char byte : bytes)
        sum = add_byte(sum, byte);
    return sum;
}

std::uint32_t update(std::uint32_t sum, std::string_view bytes) noexcept
{
    static const bool has_instruction = static_cast<bool>(__builtin_cpu_supports("sse4.2"));
    return has_instruction ? by_instruction(sum, bytes) : by_table(sum, bytes);
}

#else

std::uint32_t update(std::uint32_t sum, std::string_view bytes) noexcept
{
    return by_table(sum, bytes);
}

#endif

} // namespace

std::uint32_t crc32c(std::string_view bytes) noexcept
{
    return ~update(~std::uint32_t{0}, bytes);
}

} // namespace spool
