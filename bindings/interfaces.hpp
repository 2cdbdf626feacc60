// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "process_lock.hpp"

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <net/if.h>
#include <nflogcap.h>
#include <string>
#include <unordered_map>

namespace binding {

// The names of the interfaces that a capture's packets tell by index, looked up when the packets
// are taken: they may be asked for when the capture is closed or the interface gone. So is the name
// of the machine. The capture and its packets share it; the interpreter's
// lock guards it, except during a start, when the capture has no packets and nothing else uses it.
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
    // Cuts a name that is too long. NULL: the name is not known.
    void set_host(const char* name) noexcept;

    // NULL where the kernel could not tell. Valid until the next learn() or set().
    [[nodiscard]] const char* name(std::uint32_t index) const noexcept;

    // The same without the interpreter's lock. False if the name is not known.
    bool copy_name(std::uint32_t index, std::array<char, IF_NAMESIZE>& to) const noexcept;

    // Of the machine that captured. NULL if it is not known, as of a savefile's packets.
    [[nodiscard]] const char* host() const noexcept
    {
        return host_.front() == '\0' ? nullptr : host_.data();
    }

private:
    struct Entry {
        std::string name; // empty: unknown
        std::uint64_t looked_up_at_ns = 0;
    };

    Interfaces() = default;
    ~Interfaces() = default;
    void learn(nflogcap* handle, std::uint32_t index, std::uint64_t now_ns);

    // Indexes that were looked up last, so that most packets need no search.
    struct Recent {
        std::uint32_t index = 0; // of no interface
        std::uint64_t looked_up_at_ns = 0;
    };
    std::array<Recent, 8> recent_;
    mutable ProcessLock lock_; // of changes to entries_, for those without the interpreter's lock
    std::unordered_map<std::uint32_t, Entry> entries_;
    std::array<char, HOST_NAME_MAX + 1> host_{};
    std::size_t references_ = 1;
};

} // namespace binding
