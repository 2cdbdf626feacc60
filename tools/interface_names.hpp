// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>
#include <vector>

namespace command {

// The names of network interfaces. They are cached, so that the kernel is not asked for every
// packet.
class InterfaceNames {
public:
    explicit InterfaceNames(nflogcap* handle) : handle_(handle) {}

    // Looks up a name; the type is nflogcap_interface_namer. Returns nullptr if the interface no
    // longer exists, or if the packets come from a savefile.
    static const char* name(void* names, std::uint32_t index);

    // Clears the cache. Call this now and then, because interfaces are added, removed and renamed.
    void forget() { known_.clear(); }

private:
    const char* name(std::uint32_t index);

    struct Known {
        std::uint32_t index;
        std::optional<std::string> name;
    };

    nflogcap* handle_;
    std::vector<Known> known_; // a linear search is fast, because the list is short
};

} // namespace command
