// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>
#include <vector>

namespace command {

// The names of interfaces, each asked of the kernel once in a while instead of for every packet.
class InterfaceNames {
public:
    explicit InterfaceNames(nflogcap* handle) : handle_(handle) {}

    // An nflogcap_interface_namer. nullptr if the interface no longer exists, and for a savefile.
    static const char* name(void* names, std::uint32_t index);

    // Interfaces come, go and are renamed: what is known is asked anew.
    void forget() { known_.clear(); }

private:
    const char* name(std::uint32_t index);

    struct Known {
        std::uint32_t index;
        std::optional<std::string> name;
    };

    nflogcap* handle_;
    std::vector<Known> known_; // few enough to look through
};

} // namespace command
