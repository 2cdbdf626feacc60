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

// The names of the interfaces of a capture's packets, and the name of the machine. Names are looked
// up when packets are taken: when a program asks for a name, the capture may be closed, or the
// interface removed. The capture and its packets share this object. The interpreter's lock guards
// it, except during the start of a capture, when only the starting thread uses it.
class Interfaces {
public:
    // Returns an object; the caller owns its first reference. Returns NULL if there is no memory.
    static Interfaces* make() noexcept;
    Interfaces* share() noexcept { return ++references_, this; }
    void release() noexcept;

    // Looks up the names of the packet's interfaces. A name is looked up again after a second,
    // because interfaces can be renamed. Returns false if there is no memory.
    bool learn(nflogcap* handle, const nflogcap_packet& packet) noexcept;
    bool set(std::uint32_t index, const char* name) noexcept;
    // Sets the machine's name, cut if it is too long. NULL: the name is unknown.
    void set_host(const char* name) noexcept;

    // Returns NULL if the kernel did not know the name. The result is valid until the next learn()
    // or set().
    [[nodiscard]] const char* name(std::uint32_t index) const noexcept;

    // Copies the name, for callers without the interpreter's lock. Returns false if the name is
    // unknown.
    bool copy_name(std::uint32_t index, std::array<char, IF_NAMESIZE>& to) const noexcept;

    // Returns the name of the machine that captured. Returns NULL if it is unknown, as for packets
    // of a savefile.
    [[nodiscard]] const char* host() const noexcept
    {
        return host_.front() == '\0' ? nullptr : host_.data();
    }

private:
    struct Entry {
        std::string name; // empty: the name is unknown
        std::uint64_t looked_up_at_ns = 0;
    };

    Interfaces() = default;
    ~Interfaces() = default;
    void learn(nflogcap* handle, std::uint32_t index, std::uint64_t now_ns);

    // The last looked-up indexes. Most packets have one of these, and need no search in entries_.
    struct Recent {
        std::uint32_t index = 0; // 0: no interface
        std::uint64_t looked_up_at_ns = 0;
    };
    std::array<Recent, 8> recent_;
    // Needed because callers of copy_name() do not have the interpreter's lock.
    mutable ProcessLock lock_;
    std::unordered_map<std::uint32_t, Entry> entries_;
    std::array<char, HOST_NAME_MAX + 1> host_{};
    std::size_t references_ = 1;
};

} // namespace binding
