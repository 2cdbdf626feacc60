// SPDX-License-Identifier: GPL-2.0-or-later
// Writes nflogcap(3):
//
//     manual TEMPLATE HEADER PAGE
//
// The template is the page without its tables. A line "@options@", "@counters@", "@fields@",
// "@dissected fields@", "@conntrack fields@" or "@tuple fields@" is replaced by the table, which is
// made of the library's descriptions. The names of the bits of `present`, `known` and `has` are in
// the header alone.
#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <nflogcap.h>
#include <sstream>
#include <string>

namespace {

std::string item(const std::string& name, std::string words, const std::string& bit = "")
{
    words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
    return ".It Va " + name + '\n' + (bit.empty() ? "" : ".Dv " + bit + " .\n") + words + ".\n";
}

// The names of the bits that begin with `prefix`, by the numbers of the bits.
std::map<unsigned, std::string> bit_names(const std::string& header, const std::string& prefix)
{
    std::map<unsigned, std::string> names;
    std::ifstream lines(header);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t number = line.find("<< ");
        if (line.rfind("#define " + prefix, 0) != 0 || number == std::string::npos)
            continue;
        std::string define;
        std::string name;
        std::istringstream(line) >> define >> name;
        names[static_cast<unsigned>(std::stoul(line.substr(number + 3)))] = name;
    }
    return names;
}

using FieldAt = const nflogcap_field* (*)(std::size_t);

std::string fields(const std::map<unsigned, std::string>& names, FieldAt field_at,
                   bool is_dissected = false)
{
    std::string text;
    for (std::size_t i = 0; const nflogcap_field* field = field_at(i); ++i) {
        if ((field->is_dissected != 0) != is_dissected)
            continue;
        unsigned bit = 0;
        while (field->present >> bit > 1)
            ++bit;
        text += item(field->name, field->description, field->present != 0 ? names.at(bit) : "");
    }
    return text;
}

std::string counters()
{
    std::string text;
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i)
        text += item(counter->name, (counter->is_per_group != 0 ? "" : "(handle) ") +
                                        std::string(counter->description));
    return text;
}

std::string options()
{
    std::string text;
    for (std::size_t i = 0; const nflogcap_option* option = nflogcap_option_at(i); ++i) {
        std::ostringstream words;
        words << option->description;
        if (option->maximum > 0)
            words << "; " << option->minimum << " to " << option->maximum
                  << (*option->unit != '\0' ? " " : "") << option->unit;
        if (option->maximum > 0 && option->is_repeatable == 0)
            words << ", by default " << option->default_value;
        if (option->is_live != 0)
            words << "; may be set while capturing";
        if (option->is_repeatable != 0)
            words << "; may be set several times";
        text += item(option->name, words.str());
    }
    return text;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::cerr << "usage: manual TEMPLATE HEADER PAGE\n";
        return 2;
    }
    const auto bits = [&](const char* prefix) { return bit_names(argv[2], prefix); };
    const std::map<std::string, std::string> tables = {
        {"@options@", options()},
        {"@counters@", counters()},
        {"@fields@", fields(bits("NFLOGCAP_HAS_"), nflogcap_field_at)},
        {"@dissected fields@", fields(bits("NFLOGCAP_KNOWS_"), nflogcap_field_at, true)},
        {"@conntrack fields@",
         fields(bits("NFLOGCAP_CONNTRACK_HAS_"), nflogcap_conntrack_field_at)},
        {"@tuple fields@", fields(bits("NFLOGCAP_TUPLE_HAS_"), nflogcap_tuple_field_at)},
    };
    std::ifstream lines(argv[1]);
    std::ofstream page(argv[3]);
    std::size_t filled = 0;
    for (std::string line; std::getline(lines, line);) {
        if (const auto table = tables.find(line); table != tables.end()) {
            page << table->second;
            ++filled;
        } else {
            page << line << '\n';
        }
    }
    page.close();
    if (!page || filled != tables.size()) {
        std::cerr << "cannot write " << argv[3] << ": " << argv[1] << " has " << filled
                  << " of its " << tables.size() << " tables\n";
        return 1;
    }
    return 0;
}
