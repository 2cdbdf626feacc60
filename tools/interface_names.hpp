// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>
#include <vector>

namespace command {

// The names of interfaces. They are cached, so that the kernel is not asked for every packet.
class InterfaceNames {
public:
    explicit InterfaceNames(nflogcap* handle) : handle_(handle) {}

    // An nflogcap_interface_namer. Returns nullptr if the interface no longer exists, and for a
    // savefile.
    static const char* name(void* names, std::uint32_t index);

    // Clears the cache, because interfaces are added, removed and renamed.
    void forget() { known_.clear(); }

private:
    const char* name(std::uint32_t index);

    struct Known {
        std::uint32_t index;
        std::optional<std::string> name;
    };

    nflogcap* handle_;
    std::vector<Known> known_; // a short list, searched linearly
};

} // namespace command
