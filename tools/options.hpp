// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace command {

// nflogcap [OPTIONS] [FILTER]
struct CaptureOptions {
    std::vector<std::uint16_t> groups;
    std::optional<std::string> tap; // what its rule matches
    std::string hook;               // "": the tap's default
    std::string read;               // savefile; "": the kernel
    std::string write;              // savefile; "": packets are printed
    std::uint64_t rotate_bytes = 0; // 0: never
    std::uint64_t rotate_seconds = 0;
    std::uint64_t files = 0; // 0: any number
    std::uint64_t count = 0; // 0: no end
    std::optional<std::uint32_t> snaplen;
    std::string netns; // path; "": the process's own
    std::string user;  // whom to become
    bool json = false;
    bool no_payload = false; // of JSON
    bool hexdump = false;
    bool to_wireshark = false; // which takes whatever is said on standard error for an error
    std::string filter;        // "": all packets
};

// nflogcap list
struct ListOptions {
    std::string netns;
};

// nflogcap doctor
struct DoctorOptions {
    std::vector<std::uint16_t> groups;
    std::string netns;
};

// nflogcap demo
struct DemoOptions {};

// nflogcap --extcap-..., as Wireshark calls it, but for the capture itself.
struct ExtcapQuery {
    enum class About { interfaces, link_types, configuration, filter };

    About about;
    std::string interface;
    std::string filter;
};

// What there is to print, after which all is done: help, version.
struct Words {
    std::string text;
};

using Options =
    std::variant<CaptureOptions, ListOptions, DoctorOptions, DemoOptions, ExtcapQuery, Words>;

// Throws Failure of wrong_usage.
Options parse_options(int argc, char** argv);

} // namespace command
