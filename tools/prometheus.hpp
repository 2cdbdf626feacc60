// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// The text format of Prometheus, for the textfile collector of node_exporter. The collector refuses
// metrics with the same labels from two files.

// The name of the file without its directory and ".prom", as the value of a label, in quotes.
std::string label_of(const std::string& path);

// Any text as the value of a label, in quotes.
std::string label_value(std::string_view text);

void append_head(std::string& text, const std::string& name, const std::string& type,
                 const std::string& help);
void append_sample(std::string& text, const std::string& name, const std::string& labels,
                   const std::string& value);

} // namespace command
