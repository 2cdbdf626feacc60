// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a file that lists a program's options, such as nflogcap(1) or the completion of a shell:
//
//     option_files TEMPLATE FILE
//
// The template is the same file without the options. The program replaces each line "@...@" by a
// text that it makes from the table of options.
#include "../option_table/option_table.hpp"
#include "texts.hpp"

#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

namespace {

std::map<std::string, std::string> all_texts()
{
    std::map<std::string, std::string> texts = {
        {"@options shared by top@", command::manual_options_shared_by_top()},
        {"@bash arguments@", command::bash_arguments()},
        {"@bash options@", command::bash_options()},
        {"@bash commands@", command::bash_commands()},
        {"@zsh options@", command::zsh_options()},
        {"@zsh commands@", command::zsh_commands()},
        {"@fish options@", command::fish_options()},
        {"@fish commands@", command::fish_commands()},
    };
    for (const command::OptionRow& row : command::option_table()) {
        if (!command::is_shown(row))
            continue;
        const std::string section(row.section);
        texts["@options of the section " + section + '@'] = command::manual_options(section);
        for (const std::string_view command : command::split(row.commands, ' '))
            texts["@options of " + std::string(command) + " of the section " + section + '@'] =
                command::manual_options(section, command);
    }
    return texts;
}

void write(const char* from, const char* to)
{
    const std::map<std::string, std::string> texts = all_texts();
    std::ifstream lines(from);
    std::ofstream file(to);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('@'))
            file << line << '\n';
        else if (const auto text = texts.find(line); text != texts.end())
            file << text->second;
        else
            throw std::runtime_error("the table of options has no text for the line " + line);
    }
    file.close();
    if (!lines.eof() || !file)
        throw std::runtime_error("the template cannot be read, or the file cannot be written");
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::cerr << "usage: option_files TEMPLATE FILE\n";
        return 2;
    }
    try {
        write(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::cerr << "cannot write " << argv[2] << " from " << argv[1] << ": " << error.what()
                  << '\n';
        return 1;
    }
    return 0;
}
