// SPDX-License-Identifier: GPL-2.0-or-later
#include "../option_table/option_table.hpp"
#include "shell_quotes.hpp"
#include "texts.hpp"

namespace command {

namespace {

std::string quoted(std::string_view text)
{
    return in_single_quotes(text, "\\'");
}

// Returns the options of fish's command "complete" for the argument: -r if the option has an
// argument, -x if the argument is not a file, -F if it is a file. nflogcap.fish.in defines the
// functions that they call.
std::string argument(const OptionRow& row)
{
    if (row.argument.empty())
        return "";
    switch (row.completes) {
    case Completes::files:
        return " -r -F";
    case Completes::users:
        return " -x -a '(__fish_complete_users)'";
    case Completes::programs:
        return " -x -a '(__fish_complete_command)'";
    case Completes::network_namespaces:
        return " -r -F -a '(__nflogcap_names /run/netns)'";
    case Completes::words:
        return " -x -a " + quoted(row.words);
    case Completes::hooks:
        return " -x -a " + quoted("(__nflogcap_hooks " + std::string(row.words) + ')');
    case Completes::nothing:
        break;
    }
    return " -x";
}

} // namespace

std::string fish_options()
{
    std::string text;
    for (const OptionRow& row : option_table()) {
        if (!is_shown(row))
            continue;
        text += "complete -c nflogcap -n " +
                quoted("__nflogcap_is_command " + std::string(row.commands));
        for (const std::string_view name : split(row.names, ','))
            text += name.starts_with("--") ? " -l " + std::string(name.substr(2))
                                           : " -s " + std::string(name.substr(1));
        text += argument(row) + " -d " + quoted(row.brief) + '\n';
    }
    return text;
}

std::string fish_commands()
{
    std::vector<std::string_view> names;
    std::string text;
    for (const CommandRow& command : command_table()) {
        names.push_back(command.name);
        // After 'help', the user types the name of another command.
        const char* const where =
            command.name == "help" ? "__nflogcap_is_first_word" : "__nflogcap_is_name_of_command";
        text += "complete -c nflogcap -n " + std::string(where) + " -a " +
                std::string(command.name) + " -d " + quoted(command.brief) + '\n';
    }
    return "set -g __nflogcap_commands " + join(names, " ", " ") + '\n' + text;
}

} // namespace command
