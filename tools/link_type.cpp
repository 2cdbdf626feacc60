// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_values.hpp"

#include <array>
#include <nflogcap.h>

namespace command {

std::uint32_t link_type(const std::string& option, const std::string& name)
{
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    const int found = nflogcap_find_link_type(name.c_str(), error.data(), error.size());
    if (found < 0)
        refuse(option + ": " + error.data());
    return static_cast<std::uint32_t>(found);
}

} // namespace command
