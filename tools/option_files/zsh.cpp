// SPDX-License-Identifier: GPL-2.0-or-later
#include "../option_table/option_table.hpp"
#include "shell_quotes.hpp"
#include "texts.hpp"

namespace command {

namespace {

// A description in brackets; ']' inside it must be escaped.
std::string in_brackets(std::string_view text)
{
    std::string escaped = "[";
    for (const char c : text) {
        if (c == '[' || c == ']' || c == '\\')
            escaped += '\\';
        escaped += c;
    }
    return escaped + ']';
}

// An unescaped colon would end the action.
std::string with_escaped_colons(std::string_view words)
{
    std::string escaped;
    for (const char c : words) {
        if (c == ':')
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

// The action of _arguments that completes the argument. Its functions are defined in
// nflogcap.zsh.in.
std::string action(const OptionRow& row)
{
    switch (row.completes) {
    case Completes::files:
        return "_files";
    case Completes::users:
        return "_users";
    case Completes::programs:
        return "_command_names -e";
    case Completes::network_namespaces:
        return "_nflogcap_network_namespaces";
    case Completes::words:
        return '(' + std::string(row.words) + ')';
    case Completes::hooks:
        // Because of the space, _arguments adds no arguments of its own.
        return " _nflogcap_hooks " + with_escaped_colons(row.words);
    case Completes::nothing:
        break;
    }
    return " ";
}

// One specification per name. A '*' before it offers the option again after it was given.
std::string specifications(const OptionRow& row)
{
    std::string text;
    for (const std::string_view name : split(row.names, ',')) {
        std::string specification = '*' + std::string(name);
        if (!row.argument.empty())
            specification += name.starts_with("--") ? "=" : "+";
        specification += in_brackets(row.brief);
        if (!row.argument.empty())
            specification += ':' + std::string(row.argument) + ':' + action(row);
        text += "        " + in_single_quotes(specification, "'\\''") + '\n';
    }
    return text;
}

std::string arm(std::string_view command)
{
    std::string text = "    " + std::string(command) + ") specs=(\n";
    for (const OptionRow& row : shown_options(command))
        text += specifications(row);
    return text + "        ) ;;\n";
}

} // namespace

std::string zsh_options()
{
    std::string text = arm("capture");
    for (const CommandRow& command : command_table()) {
        if (command.name != "help")
            text += arm(command.name);
    }
    return text;
}

std::string zsh_commands()
{
    std::string text = "    local -a names=(\n";
    for (const CommandRow& command : command_table())
        text += "        " +
                in_single_quotes(std::string(command.name) + ':' + std::string(command.brief),
                                 "'\\''") +
                '\n';
    return text + "    )\n";
}

} // namespace command
