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

// The capture of another process. The descriptors that were handed over describe it.
class Adopted {
public:
    // Examines the descriptors in the calling thread's network namespace. Throws Error if they do
    // not belong to one capture in this namespace, or if the capture has ended.
    explicit Adopted(std::span<const int> descriptors);
    // The caller keeps its descriptors unless accept() was called.
    ~Adopted();
    Adopted(const Adopted&) = delete;
    Adopted(Adopted&&) = delete;
    Adopted& operator=(const Adopted&) = delete;
    Adopted& operator=(Adopted&&) = delete;

    [[nodiscard]] SharedMemory& memory() noexcept { return memory_; }
    [[nodiscard]] HandoverState& state() const noexcept { return *state_; }
    // Includes removed groups if their packets may still arrive.
    [[nodiscard]] const std::vector<GroupPlace>& groups() const noexcept { return groups_; }
    [[nodiscard]] const std::vector<TapRecord>& taps() const noexcept { return taps_; }

    // Returns a duplicate of a socket's descriptor. Returns an empty descriptor at the second call,
    // and if the socket was not handed over.
    FileDescriptor take_socket() noexcept { return take_socket(state_->port); }
    FileDescriptor take_socket(std::uint32_t port) noexcept;

    // Closes the descriptors of the caller that were duplicated. The memory keeps its own
    // descriptor.
    void accept() noexcept;

private:
    void require_capture() const;
    void require_network_namespace() const;
    void find_groups();
    void require_owned_groups() const;
    void require_known_sockets() const;

    std::vector<int> originals_;                      // the caller's descriptors of the sockets
    std::map<std::uint32_t, FileDescriptor> sockets_; // by port
    SharedMemory memory_;
    HandoverState* state_;
    std::vector<GroupPlace> groups_;
    std::vector<TapRecord> taps_;
};

} // namespace nflog
