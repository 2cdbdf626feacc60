// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

// The absolute path of a file or directory of the project, such as "docs/errors.md".
std::string project_file(const std::string& path);
