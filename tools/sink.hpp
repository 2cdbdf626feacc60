// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "writer.hpp"

#include <chrono>
#include <cstdint>
#include <nflogcap.h>
#include <vector>

namespace command {

// The destination of a capture's packets.
class Sink {
public:
    virtual ~Sink() = default;

    // Returns whether it took the packet. A sink that returned false takes no more.
    virtual bool write(const nflogcap_packet& packet) = 0;

    // Whether data still has to be flushed.
    [[nodiscard]] virtual bool pending() const = 0;
    virtual void flush() = 0;

    // The descriptor on which poll(2) shows an error or a hang-up when the reader has closed it;
    // -1: none.
    [[nodiscard]] virtual int fd() const = 0;

    // Called regularly while there are packets and, if the sink is timed, also without packets.
    // Returns whether the sink takes more.
    virtual bool tick() = 0;
    [[nodiscard]] virtual bool is_timed() const = 0;
    // The longest time between two calls of tick().
    [[nodiscard]] virtual std::chrono::microseconds tick_interval() const
    {
        constexpr std::chrono::milliseconds usual{500};
        return usual;
    }

    // Ends the current file and begins another, if the sink writes files.
    virtual void begin_file() {}

    // From now on, packets may come from these groups.
    virtual void set_groups(const std::vector<std::uint16_t>& /*groups*/) {}

    // Flushes, and throws if any data could not be written.
    virtual void close() = 0;

    // Packets that were written completely.
    [[nodiscard]] virtual std::uint64_t packets() const = 0;
    // Packets that it took but left out, because its format cannot hold them.
    [[nodiscard]] virtual std::uint64_t skipped() const { return 0; }
    // The spool if the sink is one; else nullptr.
    [[nodiscard]] virtual const spool::Writer::Status* spool() const { return nullptr; }
};

} // namespace command
