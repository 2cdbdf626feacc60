// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "handover_state.hpp"
#include "shared_memory.hpp"
#include "source.hpp"
#include "tap_record.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace nflog {

// The capture of another process, as the descriptors that it handed over show it.
class Adopted {
public:
    // Looks at them in the calling thread's network namespace. Throws Error if they are not those
    // of one capture there, or if that has ended.
    explicit Adopted(std::span<const int> descriptors);
    // The descriptors stay the caller's, unless accept() was called.
    ~Adopted();
    Adopted(const Adopted&) = delete;
    Adopted(Adopted&&) = delete;
    Adopted& operator=(const Adopted&) = delete;
    Adopted& operator=(Adopted&&) = delete;

    [[nodiscard]] SharedMemory& memory() noexcept { return memory_; }
    [[nodiscard]] HandoverState& state() const noexcept { return *state_; }
    // With the groups that were removed, if packets of theirs may still come.
    [[nodiscard]] const std::vector<GroupPlace>& groups() const noexcept { return groups_; }
    [[nodiscard]] const std::vector<TapRecord>& taps() const noexcept { return taps_; }

    // Duplicates of a descriptor; none the second time, and if it was not handed over.
    FileDescriptor take_socket() noexcept { return take_socket(state_->port); }
    FileDescriptor take_socket(std::uint32_t port) noexcept;

    // Closes those that were duplicated. That of the memory is left to the memory.
    void accept() noexcept;

private:
    void require_capture() const;
    void require_network_namespace() const;
    void find_groups();
    void require_owned_groups() const;
    void require_known_sockets() const;

    std::vector<int> originals_;                      // of the sockets
    std::map<std::uint32_t, FileDescriptor> sockets_; // by port
    SharedMemory memory_;
    HandoverState* state_;
    std::vector<GroupPlace> groups_;
    std::vector<TapRecord> taps_;
};

} // namespace nflog
