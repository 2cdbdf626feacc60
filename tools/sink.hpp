// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "writer.hpp"

#include <chrono>
#include <cstdint>
#include <nflogcap.h>
#include <vector>

namespace command {

// A destination of the captured packets.
class Sink {
public:
    virtual ~Sink() = default;

    // Returns whether the sink took the packet. A sink that returned false takes no more packets.
    virtual bool write(const nflogcap_packet& packet) = 0;

    // Returns whether the sink has data to flush.
    [[nodiscard]] virtual bool pending() const = 0;
    virtual void flush() = 0;

    // Returns the descriptor on which poll(2) shows an error or a hang-up when the reader closes
    // the output; -1: none.
    [[nodiscard]] virtual int fd() const = 0;

    // Called regularly while packets arrive. If is_timed(), called also without packets. Returns
    // whether the sink takes more packets.
    virtual bool tick() = 0;
    [[nodiscard]] virtual bool is_timed() const = 0;
    // Returns the longest time between two calls of tick().
    [[nodiscard]] virtual std::chrono::microseconds tick_interval() const
    {
        constexpr std::chrono::milliseconds usual{500};
        return usual;
    }

    // Ends the current file and begins another one. Sinks that write no files do nothing.
    virtual void begin_file() {}

    // Packets may come from these groups, from now on.
    virtual void set_groups(const std::vector<std::uint16_t>& /*groups*/) {}

    // Flushes the output. Throws if any data could not be written.
    virtual void close() = 0;

    // Returns the number of packets that were written completely.
    [[nodiscard]] virtual std::uint64_t packets() const = 0;
    // Returns the number of packets that the sink left out because its format cannot hold them.
    [[nodiscard]] virtual std::uint64_t skipped() const { return 0; }
    // Returns the status of the spool if the sink is a spool, otherwise nullptr.
    [[nodiscard]] virtual const spool::Writer::Status* spool() const { return nullptr; }
};

} // namespace command
