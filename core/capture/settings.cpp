// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings.hpp"

#include "error.hpp"

#include <cerrno>
#include <nflogcap.h>

namespace nflog {

void Settings::set_number(Option option, std::int64_t value)
{
    require_number(describe(option), value);
    number_at(option) = static_cast<std::uint32_t>(value);
}

void Settings::set_text(Option option, const char* text)
{
    const nflogcap_option& described = describe(option);
    if (text != nullptr && *text == '\0' && described.kind == NFLOGCAP_PATH)
        throw Error(EINVAL,
                    std::string("cannot set the ") + described.name + ": the path is empty");
    texts_[option] = text == nullptr ? "" : text;
}

std::uint32_t Settings::number(Option option) const noexcept
{
    return number_or(option, static_cast<std::uint32_t>(describe(option).default_value));
}

const std::string& Settings::text(Option option) const noexcept
{
    static const std::string none;
    const auto set = texts_.find(option);
    return set == texts_.end() ? none : set->second;
}

GroupSettings Settings::batched() const noexcept
{
    return {
        .snaplen = number(Option::snaplen),
        .queue_threshold = number(Option::queue_threshold),
        .flush_timeout_ms = number(Option::flush_timeout),
        .batch_size = number(Option::batch_size),
        .conntrack = number(Option::conntrack) != 0,
    };
}

GroupSettings Settings::at_start() const noexcept
{
    GroupSettings settings = batched();
    const auto min_batch_size = static_cast<std::uint32_t>(describe(Option::batch_size).minimum);
    switch (number(Option::delivery)) {
    case NFLOGCAP_IMMEDIATE:
        // The buffer is small, because the kernel trims a buffer that contains one packet, and
        // copies its unused part if it is large.
        settings.queue_threshold = number_or(Option::queue_threshold, 1);
        settings.batch_size = number_or(Option::batch_size, min_batch_size);
        break;
    case NFLOGCAP_ADAPTIVE:
        settings.queue_threshold = 1;
        settings.batch_size = min_batch_size;
        break;
    }
    return settings;
}

std::uint32_t Settings::number_or(Option option, std::uint32_t fallback) const noexcept
{
    return numbers_[static_cast<std::size_t>(option)].value_or(fallback);
}

} // namespace nflog
