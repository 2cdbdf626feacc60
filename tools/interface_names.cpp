// SPDX-License-Identifier: GPL-2.0-or-later
#include "interface_names.hpp"

namespace command {

const std::string* InterfaceNames::name(std::uint32_t index)
{
    for (const Known& known : known_) {
        if (known.index == index)
            return known.name ? &*known.name : nullptr;
    }
    constexpr std::size_t many = 64;
    if (known_.size() == many)
        known_.clear();
    const char* name = nflogcap_interface_name(handle_, index);
    known_.push_back({index, name == nullptr ? std::nullopt : std::optional<std::string>(name)});
    return known_.back().name ? &*known_.back().name : nullptr;
}

} // namespace command
