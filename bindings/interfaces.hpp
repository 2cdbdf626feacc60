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

// The names of the interfaces of a capture's packets, looked up when the packets are taken, because
// the capture may be closed or the interface removed when a program asks for the name. The same
// applies to the name of the machine. The capture and its packets share this object. The
// interpreter's lock guards it, except during a start, when the capture has no packets and nothing
// else uses it.
class Interfaces {
public:
    // The caller owns the first reference. NULL if there is no memory.
    static Interfaces* make() noexcept;
    Interfaces* share() noexcept { return ++references_, this; }
    void release() noexcept;

    // Looks up the names of the packet's interfaces; again if the last look-up was a second ago,
    // because interfaces can be renamed. False if there is no memory.
    bool learn(nflogcap* handle, const nflogcap_packet& packet) noexcept;
    bool set(std::uint32_t index, const char* name) noexcept;
    // Cuts a name that is too long. NULL: the name is unknown.
    void set_host(const char* name) noexcept;

    // NULL if the kernel did not know the name. Valid until the next learn() or set().
    [[nodiscard]] const char* name(std::uint32_t index) const noexcept;

    // The same, for callers without the interpreter's lock. False if the name is unknown.
    bool copy_name(std::uint32_t index, std::array<char, IF_NAMESIZE>& to) const noexcept;

    // The name of the machine that captured. NULL if it is unknown, as for packets of a savefile.
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

    // The indexes looked up last, so that few packets need a search.
    struct Recent {
        std::uint32_t index = 0; // 0: no interface
        std::uint64_t looked_up_at_ns = 0;
    };
    std::array<Recent, 8> recent_;
    mutable ProcessLock lock_; // guards entries_ for callers without the interpreter's lock
    std::unordered_map<std::uint32_t, Entry> entries_;
    std::array<char, HOST_NAME_MAX + 1> host_{};
    std::size_t references_ = 1;
};

} // namespace binding
