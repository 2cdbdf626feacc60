// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"
#include "heavy_hitters.hpp"
#include "screen.hpp"
#include "top_key.hpp"

#include <nflogcap.h>
#include <string>
#include <vector>

namespace command {

// The content of a table of 'nflogcap top'.
struct TopTable {
    bool is_whole;                       // of the whole capture; else of an interval
    double seconds;                      // the length of that; 0: there are no rates
    Figures whole;                       // of all packets that were counted
    Figures part;                        // the packets that the rates are computed from
    std::vector<HeavyHitters::Row> rows; // those with the highest rates first
    std::uint64_t max_missing;           // packets, in each row
    nflogcap_stats stats;
};

// Sorts the rows by their figures in the interval or in the whole capture.
void sort_rows(TopTable& table);

// At most `max_lines` lines; rows that do not fit are added up in the last line. `waiting` replaces
// the rows if the table is empty.
std::vector<Line> lines_of(const TopTable& table, TopKey key, KeyValues& values,
                           std::size_t max_lines, const std::string& waiting,
                           const Colours& colours);

// One JSON object, without a line end.
std::string json_of(const TopTable& table, TopKey key, KeyValues& values);

} // namespace command
