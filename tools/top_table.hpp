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

// The content of one table of 'nflogcap top'.
struct TopTable {
    bool is_whole;  // whether the table is of the whole capture; otherwise it is of one interval
    double seconds; // length of the capture or the interval; 0: there are no rates
    Figures whole;  // figures of all counted packets
    Figures part;   // figures of the packets from which rates are computed
    std::vector<HeavyHitters::Row> rows; // rows with the highest rates come first
    std::uint64_t max_missing;           // how many packets each row may lack at most
    nflogcap_stats stats;
};

// Sorts the rows by their figures in the interval, or in the whole capture if `is_whole`.
void sort_rows(TopTable& table);

// Returns at most `max_lines` lines. The last line adds up the rows that do not fit. `waiting`
// replaces the rows if the table is empty.
std::vector<Line> lines_of(const TopTable& table, TopKey key, KeyValues& values,
                           std::size_t max_lines, const std::string& waiting,
                           const Colours& colours);

// Returns one JSON object, without a line end.
std::string json_of(const TopTable& table, TopKey key, KeyValues& values);

} // namespace command
