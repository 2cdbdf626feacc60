// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interface_names.hpp"

#include <array>
#include <cstdint>
#include <nflogcap.h>
#include <string>
#include <string_view>
#include <unordered_map>

namespace command {

// The keys of 'nflogcap top': it has one row per value of the key.
enum class TopKey { prefix, source, destination, port, uid, device, group };

// Throws Failure of wrong_usage, which lists the names and suggests the nearest.
TopKey top_key_named(const std::string& name);
std::string_view name_of(TopKey key);

// The values of a key in packets.
class KeyValues {
public:
    KeyValues(TopKey key, nflogcap* handle) : key_(key), interfaces_(handle) {}

    // The value in a packet, as bytes for the functions below; empty if the packet has none. Valid
    // until the next call.
    std::string_view in(const nflogcap_packet& packet);

    // For users; safe on a terminal.
    std::string text(std::string_view value);
    // As members of a JSON object.
    std::string json(std::string_view value);

    // Clears the cached names of interfaces, because interfaces are added, removed and renamed.
    void forget_interfaces() { interfaces_.forget(); }

private:
    template <typename... Parts>
    std::string_view store(Parts... parts);
    std::string_view port_in(const nflogcap_packet& packet);
    std::string words(std::string_view value);
    std::string user(std::uint32_t uid);
    std::string interface(const char* direction, std::uint32_t index);

    TopKey key_;
    InterfaceNames interfaces_;
    nflogcap_dissection dissection_{};
    std::array<char, 2 * sizeof(std::uint32_t)> value_{};
    std::unordered_map<std::uint32_t, std::string> users_; // "": the user has no name
};

} // namespace command
