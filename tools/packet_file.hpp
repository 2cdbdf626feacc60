// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace command {

// A file of packets in one of the formats. The functions throw Failure or ReaderGone.
class PacketFile {
public:
    PacketFile() = default;
    virtual ~PacketFile() = default;
    PacketFile(const PacketFile&) = delete;
    PacketFile& operator=(const PacketFile&) = delete;

    virtual void write(const nflogcap_packet& packet) = 0;
    virtual void flush() = 0;
    virtual void close() = 0;

    // Called regularly while packets arrive.
    virtual void tick() {}

    // Returns the file's size in bytes, including data that is not flushed yet.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Returns the number of packets that were written completely.
    [[nodiscard]] virtual std::uint64_t packets() const = 0;
    // Returns the number of packets that were left out because the format cannot hold them.
    [[nodiscard]] virtual std::uint64_t skipped() const = 0;

    // See Sink::fd().
    [[nodiscard]] virtual int fd() const = 0;
};

} // namespace command
