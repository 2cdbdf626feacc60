// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace nflog {

// Netlink messages of one group, as the kernel would send them in one datagram.
struct Batch {
    std::span<const std::byte> bytes;
    int error;      // 0, or an errno: EAGAIN, none is there now; ENODATA, none will come any more
    bool truncated; // there was more, which is lost
};

// The batches that wait in a socket's queue, and those that it refused.
struct SocketQueue {
    std::uint32_t bytes;   // of socket buffer that waiting batches take up
    std::uint32_t refused; // batches since the socket was opened; wraps
};

using InterfaceName = std::array<char, 16>; // IFNAMSIZ, with the NUL

// Where a capture's batches come from: the kernel, or a savefile. What only the kernel has, such as
// a queue, is by default as if there was none.
class Source {
public:
    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source(Source&&) = delete;
    Source& operator=(const Source&) = delete;
    Source& operator=(Source&&) = delete;

    // Readable while receive() has something to tell, but for what has_backlog() tells; -1: there
    // is nothing to wait on.
    [[nodiscard]] virtual int fd() const noexcept = 0;
    // Whether receive() has something to tell even if nothing is readable.
    [[nodiscard]] virtual bool has_backlog() const noexcept = 0;

    // The next batch, whose bytes last until the next call. Throws Error where a savefile cannot be
    // read on.
    virtual Batch receive() = 0;

    // When a message of the batch that was given last was received, in nanoseconds since the epoch.
    [[nodiscard]] virtual std::uint64_t
    received_at_ns(std::span<const std::byte> message) const noexcept = 0;

    // Lets nothing more in; receive() goes on to give what is there.
    virtual void stop() noexcept = 0;
    // After stop() and an EAGAIN: whether nothing more can come. That can take as long as
    // flush_wait() tells.
    virtual bool drained() noexcept { return true; }
    [[nodiscard]] virtual std::optional<std::chrono::milliseconds> flush_wait() const noexcept
    {
        return std::nullopt;
    }

    [[nodiscard]] virtual std::optional<SocketQueue> queue() const noexcept
    {
        return std::nullopt;
    }
    [[nodiscard]] virtual std::uint32_t buffer_granted() const noexcept { return 0; }
    [[nodiscard]] virtual bool interface_name(std::uint32_t /*index*/,
                                              InterfaceName& /*name*/) const noexcept
    {
        return false;
    }
};

} // namespace nflog
