// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace command {

// A file of packets in some format. Its functions throw Failure, or ReaderGone.
class PacketFile {
public:
    PacketFile() = default;
    virtual ~PacketFile() = default;
    PacketFile(const PacketFile&) = delete;
    PacketFile& operator=(const PacketFile&) = delete;

    virtual void write(const nflogcap_packet& packet) = 0;
    virtual void flush() = 0;
    virtual void close() = 0;

    // Called now and then while there are packets.
    virtual void tick() {}

    // In bytes, with what is still to be flushed.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Packets that are whole in it.
    [[nodiscard]] virtual std::uint64_t packets() const = 0;
    // Packets that its format cannot hold.
    [[nodiscard]] virtual std::uint64_t skipped() const = 0;

    // As that of Sink.
    [[nodiscard]] virtual int fd() const = 0;
};

} // namespace command
