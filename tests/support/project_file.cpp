// SPDX-License-Identifier: GPL-2.0-or-later
#include "project_file.hpp"

std::string project_file(const std::string& path)
{
    return PROJECT_DIRECTORY "/" + path;
}
