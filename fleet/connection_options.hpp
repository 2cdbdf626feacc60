// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "command_line.hpp"
#include "connection.hpp"

#include <string>

namespace fleet {

// Binds the options of option_table/connection.hpp.
void bind_connection(command::CommandLine& line, ConnectionOptions& options, std::string& stream);
void bind_program(command::CommandLine& line, std::string& metrics);

// Checks these options before a connection is made. Throws Failure with wrong_usage.
void require_connection(const ConnectionOptions& options, const std::string& stream);

} // namespace fleet
