// SPDX-License-Identifier: GPL-2.0-or-later
#include "../option_table/option_table.hpp"
#include "texts.hpp"

#include <map>

namespace command {

namespace {

// Returns the call of a function in nflogcap.bash.in that completes the option's argument.
std::string call(const OptionRow& row)
{
    switch (row.completes) {
    case Completes::files:
        return "_nflogcap_files ";
    case Completes::users:
        return "_nflogcap_users ";
    case Completes::programs:
        return "_nflogcap_programs ";
    case Completes::network_namespaces:
        return "_nflogcap_network_namespaces ";
    case Completes::words:
    case Completes::hooks: // bash splits words at ':': see nflogcap.bash.in
        return "_nflogcap_words '" + std::string(row.words) + "' ";
    case Completes::nothing:
        break;
    }
    return "";
}

std::vector<std::string_view> shown_names(std::string_view command)
{
    std::vector<std::string_view> names;
    for (const OptionRow& row : shown_options(command)) {
        for (const std::string_view name : split(row.names, ','))
            names.push_back(name);
    }
    return names;
}

std::string arm(std::string_view pattern, const std::vector<std::string_view>& words)
{
    return "    " + std::string(pattern) + ") words='" + join(words, " ", " ") + "' ;;\n";
}

} // namespace

std::string bash_arguments()
{
    std::map<std::string, std::vector<std::string_view>> names_by_call;
    for (const OptionRow& row : option_table()) {
        if (is_shown(row) && !row.argument.empty()) {
            for (const std::string_view name : split(row.names, ','))
                names_by_call[call(row)].push_back(name);
        }
    }
    std::string text;
    for (const auto& [call, names] : names_by_call)
        text += "    " + join(names, " | ", " | ") + ") " + call + ";;\n";
    return text;
}

std::string bash_options()
{
    std::string text = arm("capture", shown_names("capture"));
    std::vector<std::string_view> names;
    for (const CommandRow& command : command_table()) {
        if (command.name != "help") {
            text += arm(command.name, shown_names(command.name));
            names.push_back(command.name);
        }
    }
    return text + arm("help", names);
}

std::string bash_commands()
{
    std::vector<std::string_view> names;
    for (const CommandRow& command : command_table())
        names.push_back(command.name);
    return "    local commands='" + join(names, " ", " ") + "'\n";
}

} // namespace command
