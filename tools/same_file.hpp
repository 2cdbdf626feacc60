// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <string>

namespace command {

// Throws Failure if the file to be written is the one that -r reads, whatever their names. "-" is
// standard input or output.
void require_not_read(const CaptureOptions& options, const std::string& path);

// Throws Failure if the file of --metrics is the output, which it would replace.
void require_not_written(const CaptureOptions& options);

} // namespace command
