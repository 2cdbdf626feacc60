// SPDX-License-Identifier: GPL-2.0-or-later
#include "rfc3339.hpp"

#include <chrono>
#include <string_view>

namespace nflog {

namespace {

// Writes decimal digits from left to right.
class Digits {
public:
    explicit Digits(char* at) noexcept : at_(at) {}

    Digits& put_two(std::uint32_t number) noexcept
    {
        put(number / base);
        put(number % base);
        return *this;
    }
    Digits& put_four(std::uint32_t number) noexcept
    {
        constexpr std::uint32_t hundred = 100;
        return put_two(number / hundred).put_two(number % hundred);
    }
    void put(std::uint32_t digit) noexcept { *at_++ = static_cast<char>('0' + digit); }
    void skip() noexcept { ++at_; } // skips the separator between two numbers

private:
    static constexpr std::uint32_t base = 10;
    char* at_;
};

} // namespace

// gmtime_r(3) is not used, because it takes a lock and needs as much time as all other parts of a
// packet's JSON together.
TextWriter::Block rfc3339(std::uint64_t time_ns) noexcept
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    constexpr std::uint32_t seconds_per_day = 86'400;
    constexpr std::uint32_t sixty = 60;
    constexpr std::uint32_t ten_thousand = 10'000;
    constexpr std::uint32_t hundred_million = 100'000'000;
    constexpr std::string_view form = "yyyy-mm-ddThh:mm:ss.nnnnnnnnnZ";

    const std::uint64_t seconds = time_ns / ns_per_second;
    const auto ns = static_cast<std::uint32_t>(time_ns % ns_per_second);
    const std::chrono::year_month_day date(
        std::chrono::sys_days(std::chrono::days(seconds / seconds_per_day)));
    const auto second = static_cast<std::uint32_t>(seconds % seconds_per_day);

    TextWriter::Block text{};
    form.copy(text.text.data(), form.size());
    text.length = form.size();
    Digits digits(text.text.data());
    digits.put_four(static_cast<std::uint32_t>(static_cast<int>(date.year()))).skip();
    digits.put_two(static_cast<unsigned>(date.month())).skip();
    digits.put_two(static_cast<unsigned>(date.day())).skip();
    digits.put_two(second / sixty / sixty).skip();
    digits.put_two(second / sixty % sixty).skip();
    digits.put_two(second % sixty).skip();
    digits.put(ns / hundred_million);
    digits.put_four(ns / ten_thousand % ten_thousand).put_four(ns % ten_thousand);
    return text;
}

} // namespace nflog
