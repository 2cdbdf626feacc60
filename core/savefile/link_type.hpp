// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <string_view>

namespace nflog {

// The content of the records in a savefile that is written.
enum class LinkType : std::uint32_t {
    nflog = NFLOGCAP_LINKTYPE_NFLOG,
    raw = NFLOGCAP_LINKTYPE_RAW,
    ethernet = NFLOGCAP_LINKTYPE_ETHERNET,
};

// Return the link type with this number, or with the name or number in this text. Throw Error if it
// is unknown.
[[nodiscard]] LinkType link_type(std::uint32_t number);
[[nodiscard]] LinkType find_link_type(std::string_view text);

} // namespace nflog
