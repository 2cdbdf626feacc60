// SPDX-License-Identifier: GPL-2.0-or-later
#include "free_group.hpp"

#include "error.hpp"
#include "group_owners.hpp"

#include <cerrno>
#include <exception>
#include <set>

namespace nflog {

std::uint16_t bind_free_group(const std::function<void(std::uint16_t)>& bind)
{
    constexpr std::uint16_t highest = 65535;
    constexpr std::uint16_t lowest = 65280;
    // A group may be taken meanwhile, or its owner may be invisible
    constexpr int max_attempts = 16;
    int attempt_count = 0;
    std::exception_ptr first_refusal;
    const std::set<std::uint16_t> owned = owned_groups();
    for (std::uint16_t group = highest; group >= lowest; --group) {
        if (owned.contains(group))
            continue;
        try {
            bind(group);
            return group;
        } catch (const Error& failure) {
            if (failure.code() != EPERM)
                throw;
            if (!first_refusal)
                first_refusal = std::current_exception();
            if (++attempt_count == max_attempts)
                std::rethrow_exception(first_refusal);
        }
    }
    throw Error(EBUSY, "cannot start: taps without a group take one of 65280 to 65535, and all of "
                       "these have owners; add a group that is free");
}

} // namespace nflog
