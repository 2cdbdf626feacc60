// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"
#include "printed_words.hpp"
#include "top_key.hpp"
#include "writer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace command {

// How the payload is printed below the line of its packet.
enum class PayloadForm { none, hex, hex_and_ascii, ascii };

// The time at the beginning of a line, in the order of tcpdump's options -t, -tt and so on.
enum class TimeForm { clock, none, epoch, since_last, date, since_first };

// The options that only 'nflogcap top' has.
struct TopOptions {
    TopKey by = TopKey::prefix;
    std::uint64_t once_seconds = 0; // 0: a table every second

    bool operator==(const TopOptions&) const = default;
};

// The options of nflogcap [top] [OPTIONS] [FILTER].
struct CaptureOptions {
    std::vector<std::uint16_t> groups;
    std::optional<std::string> tap; // the packets that the tap's rule matches
    std::string hook;               // "": the library's default, also for the next three options
    std::string tap_priority;
    std::string tap_prefix;
    std::string tap_limit;
    std::string tap_sample;      // a number, as text
    std::string read;            // savefile to read; "": packets come from the kernel
    std::string write;           // savefile to write; "": packets are printed
    std::uint32_t link_type = 0; // link type of the written savefile; 0: the library's default
    bool pcapng = false;         // write pcapng, whatever the savefile's name
    std::string spool;           // directory of the spool; "": no spool
    static constexpr std::uint64_t gibibyte = std::uint64_t{1024} * 1024 * 1024;
    std::uint64_t spool_bytes = gibibyte; // maximum size of the spool
    spool::Sync spool_sync = spool::Sync::segment;
    std::uint64_t rotate_bytes = 0; // 0: no new file because of the size
    std::uint64_t rotate_seconds = 0;
    std::uint64_t files = 0; // 0: no limit
    std::string post_rotate; // program to run on each finished file, except on the last one
    std::uint64_t count = 0; // packets; 0: no limit
    std::chrono::milliseconds lasting{}; // duration of the capture; 0: no limit
    bool hand_over = false;
    std::optional<std::uint32_t> snaplen;
    std::optional<std::uint32_t> socket_buffer_kib;
    bool conntrack = false;
    std::string netns;   // path of the network namespace; "": the process's own
    std::string user;    // the user to become
    std::string metrics; // file that the counters are written to; "": none
    bool json = false;
    bool no_payload = false; // JSON without the payload
    PayloadForm payload = PayloadForm::none;
    bool has_frames = false; // the printed payload includes the link-layer header
    TimeForm time = TimeForm::clock;
    bool utc = false;
    Coloring coloring = Coloring::automatic;
    // For Wireshark, which treats any output on standard error as an error.
    bool to_wireshark = false;
    std::optional<TopOptions> top;
    std::string filter;      // filter expression; "": all packets
    std::string filter_file; // file with the filter expression; "": none

    bool operator==(const CaptureOptions&) const = default;
};

// The options of nflogcap list.
struct ListOptions {
    std::string netns;
    bool json = false;
    Coloring coloring = Coloring::automatic;
};

// The options of nflogcap doctor.
struct DoctorOptions {
    std::vector<std::uint16_t> groups;
    std::string netns;
    std::string spool; // directory of a spool to check too; "": none
    bool json = false;
    Coloring coloring = Coloring::automatic;
};

// The options of nflogcap spool DIR.
struct SpoolOptions {
    std::string path;
    bool json = false;
    Coloring coloring = Coloring::automatic;
};

// The commands ship, collect and watch, which are separate programs.
struct FleetProgram {
    std::string name; // "nflogcap-ship"
    std::vector<std::string> arguments;
};

// The command nflogcap demo.
struct DemoOptions {};

// A request of Wireshark (nflogcap --extcap-...), except for a capture.
struct ExtcapQuery {
    enum class About { interfaces, link_types, configuration, filter };

    About about;
    std::string interface;
    std::string filter;
};

using Options = std::variant<CaptureOptions, ListOptions, DoctorOptions, SpoolOptions, FleetProgram,
                             DemoOptions, ExtcapQuery, Words>;

// Throws Failure with wrong_usage.
Options parse_options(int argc, char** argv);
} // namespace command
