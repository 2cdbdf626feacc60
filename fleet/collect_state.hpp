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
    std::string path;             // below the directory; "": nothing was written yet
    std::uint64_t bytes = 0;      // stored in it
    std::int64_t period = 0;      // of -G
    std::uint64_t number = 0;     // of -C, in that period
    std::uint64_t written = 0;    // numbers used in that period
    std::uint64_t repetition = 0; // in the names of that period
};

// The first number of a savefile: it shows the byte order and the unit of times. Packets of one
// group for which it differs are written to different files.
using Magic = std::uint32_t;

struct GroupState {
    Ledger ledger;
    std::map<Magic, Output> outputs;
};

// A host and a group.
using GroupKey = std::pair<std::string, std::uint16_t>;

// What a collector has stored, and what it knows of the rest: the file `state` in its directory.
struct CollectState {
    std::string stream;
    std::string name; // the template of the files' names
    bool is_json = false;
    std::uint64_t refused = 0; // messages of unknown groups
    std::map<GroupKey, GroupState> groups;

    [[nodiscard]] std::string text() const;
    // Returns nothing if the text is damaged, or of a later version.
    [[nodiscard]] static std::optional<CollectState> parse(std::string_view text);
};

} // namespace fleet
