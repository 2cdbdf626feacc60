// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_config.hpp"
#include "options.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace nflog {

// The options of a capture that are set before it starts. An attempt to set an invalid value throws
// Error and changes nothing.
class Settings {
public:
    void set_number(Option option, std::int64_t value); // for integers, choices and booleans
    void set_text(Option option, const char* text);     // for paths and texts; nullptr: the default
    void reset(Option option) noexcept { number_at(option).reset(); }

    [[nodiscard]] std::uint32_t number(Option option) const noexcept;
    [[nodiscard]] const std::string& text(Option option) const noexcept; // empty by default

    // at_start(): the settings with which the groups are bound. batched(): the settings while
    // packets are gathered. They differ only in adaptive delivery; then explicitly set values apply
    // to batched().
    [[nodiscard]] GroupSettings at_start() const noexcept;
    [[nodiscard]] GroupSettings batched() const noexcept;
    [[nodiscard]] std::uint32_t delivery() const noexcept { return number(Option::delivery); }
    [[nodiscard]] std::uint32_t socket_buffer() const noexcept
    {
        return number(Option::socket_buffer);
    }
    [[nodiscard]] const std::string& netns() const noexcept { return text(Option::netns); }
    [[nodiscard]] const std::string& savefile() const noexcept { return text(Option::savefile); }

private:
    [[nodiscard]] std::optional<std::uint32_t>& number_at(Option option) noexcept
    {
        return numbers_[static_cast<std::size_t>(option)];
    }
    [[nodiscard]] std::uint32_t number_or(Option option, std::uint32_t fallback) const noexcept;

    // Indexed by option; absent: the default. Setting a number allocates no memory.
    std::array<std::optional<std::uint32_t>, option_count> numbers_;
    std::map<Option, std::string> texts_;
};

} // namespace nflog
