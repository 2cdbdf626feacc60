// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace nflog {

// A count that one thread increases and any thread can read. It costs no more than a plain integer.
class Counter {
public:
    Counter() = default;
    ~Counter() = default;
    Counter(const Counter& other) noexcept : value_(other.get()) {}
    Counter(Counter&& other) noexcept : value_(other.get()) {}
    // Self-assignment is harmless.
    Counter& operator=(const Counter& other) noexcept // NOLINT(cert-oop54-cpp)
    {
        set(other.get());
        return *this;
    }
    Counter& operator=(Counter&& other) noexcept // NOLINT(cert-oop54-cpp)
    {
        set(other.get());
        return *this;
    }

    void set(std::uint64_t count) noexcept { value_.store(count, std::memory_order_relaxed); }
    void add(std::uint64_t count) noexcept { set(get() + count); }
    [[nodiscard]] std::uint64_t get() const noexcept
    {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

} // namespace nflog
