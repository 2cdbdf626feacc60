// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>
#include <string_view>

namespace nflog {

class Capture;

// The options of a capture. Only the table in options.cpp, which has the same order, contains their
// ranges, defaults and descriptions.
enum class Option : std::uint8_t {
    groups,
    snaplen,
    delivery,
    queue_threshold,
    flush_timeout,
    batch_size,
    socket_buffer,
    conntrack,
    netns,
    savefile,
    filter,
    hook,
    tap_priority,
    tap_prefix,
    tap_limit,
    tap_sample,
    tap, // the last, because the languages set options in this order and the others apply to later
         // taps
};

constexpr std::size_t option_count = std::size_t{1} + static_cast<std::size_t>(Option::tap);

[[nodiscard]] std::span<const nflogcap_option> options() noexcept;
const nflogcap_option& describe(Option option) noexcept;

// Throws Error if `number` is not valid for an option that is an integer or a choice.
void require_number(const nflogcap_option& option, std::int64_t number);

// Sets an option by its name to the value in a text. nullptr sets the default.
void set_option(Capture& capture, std::string_view name, const char* value);

} // namespace nflog
