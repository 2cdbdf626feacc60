// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"
#include "options.hpp"
#include "service_manager.hpp"
#include "sink.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace command {

// --hand-over: the service manager keeps the descriptors of the capture, and the next process that
// it starts continues with them. Without the option this class does nothing.
class Handover {
public:
    // Throws Failure if there is no service manager.
    Handover(const Handle& handle, const CaptureOptions& options, ServiceManager& manager);
    // Leaves a capture that did not end() to the next process.
    ~Handover();
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    // Continues the capture that the manager kept, with these options. Returns false if the manager
    // kept none. Also returns false, and prints why, if the kept capture cannot be adopted. In both
    // cases a new capture has to be started.
    bool adopt();
    // Waits briefly, and returns whether the manager may still hold a capture that could not be
    // adopted.
    [[nodiscard]] bool awaits_release() const;
    // To be called after the start or adopt(), and after changes of the taps: makes the manager
    // keep the descriptors.
    void keep();
    // The capture has ended, and no process continues it.
    void end();

    // When the capture began, in nanoseconds since the Unix epoch, if this process has adopted it
    // with that group.
    [[nodiscard]] std::optional<std::uint64_t> adopted_since(std::uint16_t group) const;

    // The sink has taken this packet. It counts as stored once the sink has written it out. A spool
    // sets what is stored itself.
    void take(const nflogcap_packet& packet, const Sink& sink);
    // The sink may have written out more packets.
    void mark_stored(const Sink& sink);

private:
    struct Taken {
        std::uint16_t group;
        std::uint32_t next; // number of the next packet
    };

    [[nodiscard]] std::string name_of(int descriptor, std::size_t place) const;
    void change_groups();
    void forget_kept();

    const Handle& handle_;
    const CaptureOptions& options_;
    ServiceManager& manager_;
    bool is_wanted_;
    bool is_running_ = false;
    std::string since_; // when the capture began, in the names of the descriptors
    std::uint64_t adopted_since_ = 0;
    std::vector<std::uint16_t> adopted_;                              // groups
    std::set<std::uint16_t> marked_;                                  // groups
    std::map<std::string, int> kept_;                                 // by name
    std::deque<Taken> taken_;                                         // and not yet stored
    std::uint64_t stored_ = 0;                                        // packets of this process
    std::optional<std::chrono::steady_clock::time_point> refused_at_; // when an adoption failed
};

} // namespace command
