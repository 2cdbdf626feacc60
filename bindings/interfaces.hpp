// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <string>
#include <unordered_map>

namespace binding {

// The names of the interfaces that a capture's packets tell by index, looked up when the packets
// are taken: they may be asked for when the capture is closed or the interface gone. The capture
// and its packets share it; the interpreter's lock guards it.
class Interfaces {
public:
    // The first reference is the caller's. NULL without memory.
    static Interfaces* make() noexcept;
    Interfaces* share() noexcept { return ++references_, this; }
    void release() noexcept;

    // Learns the names of the packet's interfaces, and again those that were learned a second ago,
    // since interfaces are renamed. False without memory.
    bool learn(nflogcap* handle, const nflogcap_packet& packet) noexcept;
    bool set(std::uint32_t index, const char* name) noexcept;

    // NULL where the kernel could not tell. Valid until the next learn() or set().
    [[nodiscard]] const char* name(std::uint32_t index) const noexcept;

private:
    struct Entry {
        std::string name; // empty: unknown
        std::uint64_t looked_up_at_ns = 0;
    };

    Interfaces() = default;
    ~Interfaces() = default;
    void learn(nflogcap* handle, std::uint32_t index, std::uint64_t now_ns);

    std::unordered_map<std::uint32_t, Entry> entries_;
    // Of the interface that was last asked for, which most packets have.
    std::uint32_t last_ = 0; // no interface has this index
    std::uint64_t last_looked_up_at_ns_ = 0;
    std::size_t references_ = 1;
};

} // namespace binding
