// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "ownership.hpp"
#include "tap.hpp"
#include "tap_record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nflog {

// The nftables table in which a capture's taps stand. It belongs to a netlink socket, and the
// kernel removes it with that: at the end of this object, or of the process, however it ends.
class TapTable {
public:
    // Lays a rule for each tap, which logs to the group, in the thread's network namespace. Throws
    // Error, with none of them laid, where nft refuses one or one does more than match and log.
    TapTable(const std::vector<Tap>& taps, std::uint16_t group, const Ownership& ownership);
    // One that another process made, with the socket that owns it.
    TapTable(const TapRecord& record, FileDescriptor socket, const Ownership& ownership);

    [[nodiscard]] TapRecord record() const;
    [[nodiscard]] int fd() const noexcept { return socket_.get(); } // of the socket that owns it
    [[nodiscard]] const std::map<std::size_t, Tap>& taps() const noexcept { return taps_; }

    // Removes the first tap that is equal. False if no tap is. Throws Error if the kernel refuses.
    bool remove(const Tap& tap);
    [[nodiscard]] bool is_empty() const noexcept { return taps_.empty(); }
    // Leaves the taps to the process that has adopted the socket.
    void leave() noexcept { socket_ = FileDescriptor(); }
    // Removes all, since a child of fork() may hold the socket open; not in that child, though.
    ~TapTable();
    TapTable(const TapTable&) = delete;
    TapTable(TapTable&&) = delete;
    TapTable& operator=(const TapTable&) = delete;
    TapTable& operator=(TapTable&&) = delete;

private:
    // With which it is one, so that the destructor removes what was laid where the rest fails.
    explicit TapTable(const Ownership& ownership);

    std::string name_;
    std::uint32_t port_ = 0;          // netlink port id of the socket
    std::map<std::size_t, Tap> taps_; // by the number in the names of their chains
    const Ownership& ownership_;
    FileDescriptor socket_; // that owns the table
};

} // namespace nflog
