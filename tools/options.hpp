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

// How the payload is printed after the line of its packet.
enum class PayloadForm { none, hex, hex_and_ascii, ascii };

// What a line begins with, in the order of -t, -tt and so on of tcpdump(8).
enum class TimeForm { clock, none, epoch, since_last, date, since_first };

// The options of 'nflogcap top' besides those of a capture.
struct TopOptions {
    TopKey by = TopKey::prefix;
    std::uint64_t once_seconds = 0; // 0: a table every second

    bool operator==(const TopOptions&) const = default;
};

// nflogcap [top] [OPTIONS] [FILTER]
struct CaptureOptions {
    std::vector<std::uint16_t> groups;
    std::optional<std::string> tap; // what its rule matches
    std::string hook;               // "": the tap's default, as for the next three
    std::string tap_priority;
    std::string tap_prefix;
    std::string tap_limit;
    std::string tap_sample;      // a number
    std::string read;            // savefile; "": from the kernel
    std::string write;           // savefile; "": packets are printed
    std::uint32_t link_type = 0; // of the savefile that is written; 0: the library's default
    bool pcapng = false;         // also if the savefile's name does not say so
    std::string spool;           // directory; "": no spool
    static constexpr std::uint64_t gibibyte = std::uint64_t{1024} * 1024 * 1024;
    std::uint64_t spool_bytes = gibibyte; // maximum size of the spool
    spool::Sync spool_sync = spool::Sync::segment;
    std::uint64_t rotate_bytes = 0; // 0: never
    std::uint64_t rotate_seconds = 0;
    std::uint64_t files = 0; // 0: no limit
    std::string post_rotate; // program to run on each file that is followed by another one
    std::uint64_t count = 0; // 0: no limit
    std::chrono::milliseconds lasting{}; // 0: no limit
    bool hand_over = false;
    std::optional<std::uint32_t> snaplen;
    std::optional<std::uint32_t> socket_buffer_kib;
    bool conntrack = false;
    std::string netns;   // path; "": the process's own
    std::string user;    // user to become
    std::string metrics; // file of counters; "": none
    bool json = false;
    bool no_payload = false; // for JSON
    PayloadForm payload = PayloadForm::none;
    bool has_frames = false; // the payload includes the link-layer header
    TimeForm time = TimeForm::clock;
    bool utc = false;
    Coloring coloring = Coloring::automatic;
    bool to_wireshark = false; // Wireshark treats any output on standard error as an error
    std::optional<TopOptions> top;
    std::string filter;      // "": all packets
    std::string filter_file; // file with the filter; "": none

    bool operator==(const CaptureOptions&) const = default;
};

// nflogcap list
struct ListOptions {
    std::string netns;
    bool json = false;
    Coloring coloring = Coloring::automatic;
};

// nflogcap doctor
struct DoctorOptions {
    std::vector<std::uint16_t> groups;
    std::string netns;
    std::string spool; // directory to check too; "": none
    bool json = false;
    Coloring coloring = Coloring::automatic;
};

// nflogcap spool DIR
struct SpoolOptions {
    std::string path;
    bool json = false;
    Coloring coloring = Coloring::automatic;
};

// nflogcap ship, collect, watch: separate programs.
struct FleetProgram {
    std::string name; // "nflogcap-ship"
    std::vector<std::string> arguments;
};

// nflogcap demo
struct DemoOptions {};

// nflogcap --extcap-..., as called by Wireshark, except for the capture itself.
struct ExtcapQuery {
    enum class About { interfaces, link_types, configuration, filter };

    About about;
    std::string interface;
    std::string filter;
};

using Options = std::variant<CaptureOptions, ListOptions, DoctorOptions, SpoolOptions, FleetProgram,
                             DemoOptions, ExtcapQuery, Words>;

// Throws Failure of wrong_usage.
Options parse_options(int argc, char** argv);
} // namespace command
