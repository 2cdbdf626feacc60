// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace nflog {

// An entry of a capture's table of groups. The index of the entry is the group's place. A removed
// group keeps its entry.
struct GroupPlace {
    std::uint16_t group;
    bool is_captured;
    bool is_bound = false; // the adopted socket has bound it
};

// Netlink messages of one group, as the kernel sends them in one datagram.
struct Batch {
    enum class State : std::uint8_t {
        packets,
        bound,    // later packets of the group at `place` belong to a new binding
        unbound,  // later packets of that group belong to no binding
        none_now, // the source's descriptor becomes readable when a batch arrives
        ended,    // no batch will ever follow
    };

    State state;
    std::span<const std::byte> bytes = {};
    bool is_truncated = false; // the receive buffer was too small; the rest is lost
    std::size_t place = 0;
};

// The batches that wait in a socket's queue, and those that the socket dropped.
struct SocketQueue {
    std::uint32_t bytes;      // size of the socket buffer that waiting batches occupy
    std::uint32_t refused;    // batches dropped since the socket was opened; wraps around
    bool has_backlog = false; // batches taken out of the queue wait in the library
};

// Bytes of a savefile. The size is 0 if it is unknown.
struct ReadingProgress {
    std::uint64_t read = 0;
    std::uint64_t size = 0;
};

using InterfaceName = std::array<char, 16>; // IFNAMSIZ, with the NUL

// The source of a capture's batches: the kernel, or a savefile. A source adds its descriptors to
// the capture's Epoll. If receive() has something to return, one of these descriptors is readable
// or has_backlog() is true. The default implementations suit a source without a socket.
class Source {
public:
    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source(Source&&) = delete;
    Source& operator=(const Source&) = delete;
    Source& operator=(Source&&) = delete;

    [[nodiscard]] virtual bool has_backlog() const noexcept = 0;

    // Returns the next batch without blocking. Its bytes are valid until the next call. Throws
    // Error if the socket or the savefile fails.
    virtual Batch receive() = 0;

    // The time at which a message of the last batch was received, in nanoseconds since the epoch.
    // For a savefile, this is the time of the record.
    [[nodiscard]] virtual std::uint64_t
    received_at_ns(std::span<const std::byte> message) const noexcept = 0;

    // For packets of the group at that place: the longest time from logging a packet until
    // receive() can return it, in nanoseconds.
    [[nodiscard]] virtual std::uint64_t max_wait_ns(std::size_t /*place*/) const noexcept
    {
        return 0;
    }

    // The group's packets that receive() has not returned yet were not logged before this time, in
    // nanoseconds since the epoch.
    [[nodiscard]] virtual std::uint64_t unread_since_ns(std::size_t /*place*/) noexcept
    {
        return 0;
    }

    // Stops the arrival of packets. receive() still returns the packets that have arrived, and then
    // `ended`.
    virtual void stop() noexcept = 0;

    [[nodiscard]] virtual std::optional<SocketQueue> queue() const noexcept { return std::nullopt; }
    // Size of the receive buffer that the kernel granted, in bytes.
    [[nodiscard]] virtual std::uint32_t socket_buffer() const noexcept { return 0; }
    [[nodiscard]] virtual ReadingProgress progress() const noexcept { return {}; }
    // False if there is no such interface.
    [[nodiscard]] virtual bool interface_name(std::uint32_t /*index*/,
                                              InterfaceName& /*name*/) const noexcept
    {
        return false;
    }
};

} // namespace nflog
