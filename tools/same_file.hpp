// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <string>

namespace command {

// Throws Failure if the output file is the one that -r reads, also if the two names differ. "-" is
// standard input or output.
void require_not_read(const CaptureOptions& options, const std::string& path);

// Throws Failure if the file of --metrics is the output file, which it would replace.
void require_not_written(const CaptureOptions& options);

} // namespace command
