// SPDX-License-Identifier: GPL-2.0-or-later
#include "fleet_program.hpp"

#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace command {

void run_fleet_program(const FleetProgram& program)
{
    std::string name = program.name;
    std::vector<std::string> words = program.arguments;
    std::vector<char*> arguments = {name.data()};
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    std::error_code error; // without /proc, only PATH is searched
    const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", error);
    execv((own.parent_path() / name).c_str(), arguments.data());
    if (errno == ENOENT) // another errno says why the program beside this one does not start
        execv((own.parent_path() / "../libexec" / name).c_str(), arguments.data());
    if (errno == ENOENT)
        execvp(name.c_str(), arguments.data());
    throw Failure("cannot run " + name + ": " + std::strerror(errno) +
                  (errno == ENOENT ? "; Debian has it in the package nflogcap-fleet" : ""));
}

} // namespace command
