// SPDX-License-Identifier: GPL-2.0-or-later
#include "resources.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <span>

namespace soak {

namespace {

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = kibibyte * kibibyte;

struct Kind {
    const char* name;
    std::size_t Resources::*value;
    std::size_t unit;
    const char* unit_name;
    std::size_t allowance; // how much the minimum may grow during the run
    std::size_t remainder; // how much may remain at the end, because glibc keeps freed blocks
    bool judged;
};

// A sanitizer uses memory itself, and has its own check for leaks.
constexpr bool plain = SOAK_JUDGES_MEMORY;
constexpr std::array kinds = {
    Kind{"allocated", &Resources::allocated, kibibyte, "KiB", 8 * mebibyte, 128 * kibibyte, plain},
    Kind{"resident", &Resources::resident, kibibyte, "KiB", 4 * mebibyte, SIZE_MAX / 2, plain},
    Kind{"descriptors", &Resources::descriptors, 1, "", 16, 0, true},
};

std::size_t resident_bytes()
{
    std::ifstream rollup("/proc/self/smaps_rollup");
    std::string word;
    std::size_t kibibytes = 0;
    while (rollup >> word && word != "Pss:")
        ;
    rollup >> kibibytes;
    return kibibytes * kibibyte;
}

std::string shown(const Kind& kind, std::size_t value)
{
    const std::string number = std::to_string(value / kind.unit);
    return *kind.unit_name == '\0' ? number : number + " " + kind.unit_name;
}

std::size_t minimum(std::span<const Resources> samples, const Kind& kind)
{
    std::size_t value = SIZE_MAX;
    for (const Resources& sample : samples)
        value = std::min(value, sample.*kind.value);
    return value;
}

} // namespace

Resources resources_now()
{
    const struct mallinfo2 heap = mallinfo2();
    const auto descriptors =
        std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}) -
        1; // the descriptor of the iterator itself
    return {heap.uordblks + heap.hblkhd, resident_bytes(), static_cast<std::size_t>(descriptors)};
}

Trend::Verdict Trend::verdict() const
{
    const std::span<const Resources> all(samples_);
    const auto warm = all.subspan(all.size() / 4);
    const std::size_t third = warm.size() / 3;
    Verdict verdict;
    if (third == 0)
        return {"too few samples for a trend\n", ""};
    for (const Kind& kind : kinds) {
        const std::size_t first = minimum(warm.first(third), kind);
        const std::size_t last = minimum(warm.last(third), kind);
        const bool grew = kind.judged && last > first + kind.allowance;
        std::array<char, 160> line{};
        std::snprintf(line.data(), line.size(), "%-12s %14s %14s %14s  %s\n", kind.name,
                      shown(kind, first).c_str(), shown(kind, last).c_str(),
                      shown(kind, kind.allowance).c_str(),
                      grew          ? "grows"
                      : kind.judged ? "flat"
                                    : "not judged: a sanitizer is used");
        verdict.table += line.data();
        if (grew)
            verdict.growth += std::string(kind.name) + " grew from " + shown(kind, first) + " to " +
                              shown(kind, last) + "; ";
    }
    return verdict;
}

std::string left_since(const Resources& before)
{
    const Resources now = resources_now();
    std::string words;
    for (const Kind& kind : kinds) {
        if (kind.judged && now.*kind.value > before.*kind.value + kind.remainder)
            words += std::string(kind.name) + ": " + shown(kind, before.*kind.value) + " before, " +
                     shown(kind, now.*kind.value) + " after everything was closed; ";
    }
    return words;
}

} // namespace soak
