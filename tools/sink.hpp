// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

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

    // Called now and then; where it keeps watch, without packets too. Returns whether the sink
    // takes more.
    virtual bool tick() = 0;
    [[nodiscard]] virtual bool keeps_watch() const = 0;

    // Flushes, and throws where anything of it did not get through.
    virtual void close() = 0;
};

} // namespace command
