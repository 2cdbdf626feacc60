// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace nflog {

// A group and its place among a capture's groups. A removed group keeps its place.
struct GroupPlace {
    std::uint16_t group;
    bool is_captured;
    bool is_bound = false; // to the adopted socket
};

// Netlink messages of one group, as the kernel sends them in one datagram.
struct Batch {
    enum class State : std::uint8_t {
        packets,
        bound,    // later packets of the group at `place` belong to a new binding
        unbound,  // later packets of that group belong to no binding
        none_now, // the source's descriptor becomes readable when there is more
        ended,    // there will never be more
    };

    State state;
    std::span<const std::byte> bytes = {};
    bool is_truncated = false; // the receive buffer was too small; the rest is lost
    std::size_t place = 0;
};

// The batches that wait in a socket's queue, and those that the socket dropped.
struct SocketQueue {
    std::uint32_t bytes;      // of socket buffer that waiting batches occupy
    std::uint32_t refused;    // batches dropped since the socket was opened; wraps
    bool has_backlog = false; // batches taken out of the queue wait in the library
};

// Bytes of a savefile. The size is 0 if it is unknown.
struct ReadingProgress {
    std::uint64_t read = 0;
    std::uint64_t size = 0;
};

using InterfaceName = std::array<char, 16>; // IFNAMSIZ, with the NUL

// The source of a capture's batches: the kernel, or a savefile. A source adds its descriptors to
// the capture's Epoll. One of them is readable while receive() has something to return, except when
// has_backlog() is true. The default implementations are those of a source without a socket.
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

    // The time at which a message of the last batch was received, in nanoseconds since the epoch;
    // in a savefile the record's time.
    [[nodiscard]] virtual std::uint64_t
    received_at_ns(std::span<const std::byte> message) const noexcept = 0;

    // The longest time that a packet of the group at that place may be in the kernel until
    // receive() can return it, in nanoseconds.
    [[nodiscard]] virtual std::uint64_t max_wait_ns(std::size_t /*place*/) const noexcept
    {
        return 0;
    }

    // A lower bound for the time at which packets of that group that receive() has not returned yet
    // were logged, in nanoseconds since the epoch.
    [[nodiscard]] virtual std::uint64_t unread_since_ns(std::size_t /*place*/) noexcept
    {
        return 0;
    }

    // Stops new packets. receive() still returns those that are there, and then `ended`.
    virtual void stop() noexcept = 0;

    [[nodiscard]] virtual std::optional<SocketQueue> queue() const noexcept { return std::nullopt; }
    // Bytes that the kernel granted.
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
