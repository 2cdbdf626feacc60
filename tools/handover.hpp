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

// --hand-over: the service manager keeps the descriptors of the capture, and the process that it
// starts after this one goes on with them. Without the option it does nothing.
class Handover {
public:
    // Throws Failure if there is no service manager.
    Handover(const Handle& handle, const CaptureOptions& options, ServiceManager& manager);
    // A capture that did not end() is for the next process.
    ~Handover();
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    // Goes on with the capture that the manager kept, with these options. False if it kept none, or
    // if that cannot be adopted, for which it prints why: then a new capture has to be started.
    bool adopt();
    // Whether the manager may still hold a capture that could not be adopted; waits a little.
    [[nodiscard]] bool awaits_release() const;
    // After the start or adopt(), and when taps have changed: has the manager keep the descriptors.
    void keep();
    // The capture has ended, and no process goes on with it.
    void end();

    // When the capture began, in nanoseconds since the Unix epoch, if this process has adopted it
    // with that group.
    [[nodiscard]] std::optional<std::uint64_t> adopted_since(std::uint16_t group) const;

    // The sink has taken this packet. It counts as stored once the sink has brought it through, or
    // when a spool says so itself.
    void take(const nflogcap_packet& packet, const Sink& sink);
    // The sink may have brought more through.
    void mark_stored(const Sink& sink);

private:
    struct Taken {
        std::uint16_t group;
        std::uint32_t next; // number of the packet behind it
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
    std::deque<Taken> taken_;                                         // and not yet through
    std::uint64_t stored_ = 0;                                        // packets of this process
    std::optional<std::chrono::steady_clock::time_point> refused_at_; // an adoption
};

} // namespace command
