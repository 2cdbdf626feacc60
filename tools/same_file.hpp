// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <string>

namespace command {

// Throws Failure if the output file is the file that -r reads, also under another name. "-" means
// standard input or standard output.
void require_not_read(const CaptureOptions& options, const std::string& path);

// Throws Failure if the file of --metrics is also the output file, because the metrics would
// replace it.
void require_not_written(const CaptureOptions& options);

} // namespace command
