// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Helpers for the text format of Prometheus, which the textfile collector of node_exporter reads.
// The collector refuses metrics with the same labels from two files.

// Returns the file's name without its directory and ".prom", in quotes, as the value of a label.
std::string label_of(const std::string& path);

// Returns any text in quotes, as the value of a label.
std::string label_value(std::string_view text);

void append_head(std::string& text, const std::string& name, const std::string& type,
                 const std::string& help);
void append_sample(std::string& text, const std::string& name, const std::string& labels,
                   const std::string& value);

} // namespace command
