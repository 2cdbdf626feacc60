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

// The nftables table of a capture's taps. It belongs to a netlink socket. The kernel removes the
// table together with the socket: when this object is destroyed, and also when the process ends for
// any reason.
class TapTable {
public:
    // Creates a rule for each tap in the thread's network namespace. The rules log to the group. If
    // nft refuses a match, or a match does more than match packets, throws Error, and no rule
    // exists.
    TapTable(const std::vector<Tap>& taps, std::uint16_t group, const Ownership& ownership);
    // Takes over a table that another process created, and the socket that owns it.
    TapTable(const TapRecord& record, FileDescriptor socket, const Ownership& ownership);

    [[nodiscard]] TapRecord record() const;
    [[nodiscard]] int fd() const noexcept
    {
        return socket_.get();
    } // the socket that owns the table
    [[nodiscard]] const std::map<std::size_t, Tap>& taps() const noexcept { return taps_; }

    // Removes the first tap that is equal to `tap`. Returns false if no tap is equal. Throws Error
    // if the kernel refuses.
    bool remove(const Tap& tap);
    [[nodiscard]] bool is_empty() const noexcept { return taps_.empty(); }
    // Leaves the taps to the process that has adopted the socket.
    void leave() noexcept { socket_ = FileDescriptor(); }
    // Removes all taps, because a child of fork() may keep the socket open. In such a child, the
    // destructor does nothing.
    ~TapTable();
    TapTable(const TapTable&) = delete;
    TapTable(TapTable&&) = delete;
    TapTable& operator=(const TapTable&) = delete;
    TapTable& operator=(TapTable&&) = delete;

private:
    // The other constructors delegate to this one, so that the destructor runs if they throw.
    explicit TapTable(const Ownership& ownership);

    std::string name_;
    std::uint32_t port_ = 0;          // netlink port id of the socket
    std::map<std::size_t, Tap> taps_; // by the number in the chain's name
    const Ownership& ownership_;
    FileDescriptor socket_; // owns the table
};

} // namespace nflog
