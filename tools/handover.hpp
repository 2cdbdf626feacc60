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

// The implementation of --hand-over: the service manager keeps the descriptors of the capture, and
// the next process that the manager starts continues the capture with them. Without --hand-over
// this class does nothing.
class Handover {
public:
    // Throws Failure if there is no service manager.
    Handover(const Handle& handle, const CaptureOptions& options, ServiceManager& manager);
    // Leaves the capture to the next process, unless end() was called.
    ~Handover();
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    // Continues the capture that the manager kept, with the options of this process. Returns false
    // if the manager kept no capture. Returns false and prints the reason if the kept capture
    // cannot be adopted. In both cases the caller must start a new capture.
    bool adopt();
    // Waits briefly. Returns whether the manager may still have descriptors of a capture that could
    // not be adopted.
    [[nodiscard]] bool awaits_release() const;
    // Makes the manager keep the capture's descriptors. Call this after adopt() or after the start
    // of a capture, and after taps are added or removed.
    void keep();
    // Call this when the capture has ended, and no process will continue it.
    void end();

    // Returns when the capture began, in nanoseconds since the Unix epoch, if this process has
    // adopted the capture and the capture had this group. Otherwise returns nothing.
    [[nodiscard]] std::optional<std::uint64_t> adopted_since(std::uint16_t group) const;

    // Call this when the sink has taken this packet. The packet counts as stored when the sink has
    // written it out. With a spool this does nothing, because the spool itself reports its stored
    // packets.
    void take(const nflogcap_packet& packet, const Sink& sink);
    // Call this when the sink may have written out more packets.
    void mark_stored(const Sink& sink);

private:
    struct Taken {
        std::uint16_t group;
        std::uint32_t next; // number of the packet after this one
    };

    [[nodiscard]] std::string name_of(int descriptor, std::size_t place) const;
    void change_groups();
    void forget_kept();

    const Handle& handle_;
    const CaptureOptions& options_;
    ServiceManager& manager_;
    bool is_wanted_;
    bool is_running_ = false;
    std::string since_; // start of the capture, as the descriptors' names contain it
    std::uint64_t adopted_since_ = 0;
    std::vector<std::uint16_t> adopted_; // groups of the adopted capture
    std::set<std::uint16_t> marked_;     // groups that keep() has seen
    std::map<std::string, int> kept_;    // descriptors that the manager keeps, by name
    std::deque<Taken> taken_;            // packets that the sink took but has not stored yet
    std::uint64_t stored_ = 0;           // number of packets that this process stored
    std::optional<std::chrono::steady_clock::time_point> refused_at_; // when an adoption failed
};

} // namespace command
