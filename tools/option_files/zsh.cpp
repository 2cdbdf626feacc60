// SPDX-License-Identifier: GPL-2.0-or-later
#include "../option_table/option_table.hpp"
#include "shell_quotes.hpp"
#include "texts.hpp"

namespace command {

namespace {

// Returns a description in brackets. A ']' inside it is escaped.
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

// Escapes colons, because an unescaped colon would end the action.
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

// Returns the action with which _arguments completes the option's argument. nflogcap.zsh.in defines
// the functions of these actions.
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
        // The space before the function's name stops _arguments from passing its own arguments to
        // it.
        return " _nflogcap_hooks " + with_escaped_colons(row.words);
    case Completes::nothing:
        break;
    }
    return " ";
}

// Returns one specification per name of the option. With '*' before a specification, zsh offers the
// option again after it was given.
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
