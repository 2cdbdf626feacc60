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

// The keys of 'nflogcap top'. The table has one row for each value of the key.
enum class TopKey { prefix, source, destination, port, uid, device, group };

// Throws Failure with wrong_usage if there is no such key. Its text lists the keys and suggests the
// nearest.
TopKey top_key_named(const std::string& name);
std::string_view name_of(TopKey key);

// Reads the values of a key from packets, and converts them to text.
class KeyValues {
public:
    KeyValues(TopKey key, nflogcap* handle) : key_(key), interfaces_(handle) {}

    // Returns the value in a packet, as bytes for the functions below; empty if the packet has no
    // value. The result is valid until the next call.
    std::string_view in(const nflogcap_packet& packet);

    // Returns text for users, which is safe to print on a terminal.
    std::string text(std::string_view value);
    // Returns the value as members of a JSON object.
    std::string json(std::string_view value);

    // Clears the cached names of interfaces. Call this now and then, because interfaces are added,
    // removed and renamed.
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
    std::unordered_map<std::uint32_t, std::string> users_; // user names; "": the user has no name
};

} // namespace command
