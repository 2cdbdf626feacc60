// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "writer.hpp"

#include <chrono>
#include <cstdint>
#include <nflogcap.h>
#include <vector>

namespace command {

// Where the packets of a capture go.
class Sink {
public:
    virtual ~Sink() = default;

    // Returns whether it took the packet: one that has had enough takes no more.
    virtual bool write(const nflogcap_packet& packet) = 0;

    // Whether something is still to be flushed.
    [[nodiscard]] virtual bool pending() const = 0;
    virtual void flush() = 0;

    // The descriptor that poll(2) shows an error or a hang-up of once nobody reads any more; -1:
    // there is none.
    [[nodiscard]] virtual int fd() const = 0;

    // Called now and then while there are packets, and if it is timed without packets too. Returns
    // whether the sink takes more.
    virtual bool tick() = 0;
    [[nodiscard]] virtual bool is_timed() const = 0;
    // The longest time between two ticks.
    [[nodiscard]] virtual std::chrono::microseconds tick_interval() const
    {
        constexpr std::chrono::milliseconds usual{500};
        return usual;
    }

    // Ends the file that it writes and begins another, if it writes files.
    virtual void begin_file() {}

    // Packets come of these groups from now on, in any order.
    virtual void set_groups(const std::vector<std::uint16_t>& /*groups*/) {}

    // Flushes, and throws where anything of it did not get through.
    virtual void close() = 0;

    // Packets that got through whole.
    [[nodiscard]] virtual std::uint64_t packets() const = 0;
    // Packets that it took and left out, because its format cannot hold them.
    [[nodiscard]] virtual std::uint64_t skipped() const { return 0; }
    // Of a sink that is a spool; else nullptr.
    [[nodiscard]] virtual const spool::Writer::Status* spool() const { return nullptr; }
};

} // namespace command
