// SPDX-License-Identifier: GPL-2.0-or-later
#include "interface_names.hpp"

#include <algorithm>

namespace command {

const char* InterfaceNames::name(void* names, std::uint32_t index)
{
    return static_cast<InterfaceNames*>(names)->name(index);
}

const char* InterfaceNames::name(std::uint32_t index)
{
    auto found = std::ranges::find(known_, index, &Known::index);
    if (found == known_.end()) {
        constexpr std::size_t max_known = 64;
        if (known_.size() == max_known)
            known_.clear();
        const char* name = nflogcap_interface_name(handle_, index);
        known_.push_back(
            {index, name == nullptr ? std::nullopt : std::optional<std::string>(name)});
        found = known_.end() - 1;
    }
    return found->name ? found->name->c_str() : nullptr;
}

} // namespace command
