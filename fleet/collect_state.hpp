// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_ledger.hpp"

#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fleet {

// A file to which packets of one group are appended.
struct Output {
    std::string path;             // path relative to the directory; "": no packet was written yet
    std::uint64_t bytes = 0;      // size of the file's stored content
    std::int64_t period = 0;      // start of the file's period (-G)
    std::uint64_t number = 0;     // number of the file in its period (-C)
    std::uint64_t written = 0;    // how many numbers were used in this period
    std::uint64_t repetition = 0; // number added to names of this period that were already in use
};

// The first 4 bytes of a savefile, which show its byte order and its unit of time. If packets of
// one group have different values, they are written to different files.
using Magic = std::uint32_t;

struct GroupState {
    Ledger ledger;
    std::map<Magic, Output> outputs;
};

// The name of a host, and the number of a group.
using GroupKey = std::pair<std::string, std::uint16_t>;

// What a collector has stored, and what it knows about packets that are missing. It is saved in the
// file `state` of the collector's directory.
struct CollectState {
    std::string stream;
    std::string name; // template of the files' names
    bool is_json = false;
    std::uint64_t refused = 0; // refused messages that belong to no known group
    std::map<GroupKey, GroupState> groups;

    [[nodiscard]] std::string text() const;
    // Returns nothing if the text is damaged, or was written by a later version.
    [[nodiscard]] static std::optional<CollectState> parse(std::string_view text);
};

} // namespace fleet
