// SPDX-License-Identifier: GPL-2.0-or-later
// Writes stubs for type checkers and editors, with the names that the library describes:
//
//     stubs TEMPLATE DIRECTORY
//
// TEMPLATE is the stub of the extension, in which @fields@ is replaced by a packet's fields. The
// program writes these stubs into DIRECTORY: of the extension, the constants, the enumerations, the
// conntrack entries, the counters, open() and adopt().
#include <fields.hpp>
#include <fstream>
#include <iostream>
#include <nflogcap.h>
#include <sstream>
#include <string>
#include <string_view>

namespace {

constexpr const char* head = "# SPDX-License-Identifier: GPL-2.0-or-later\n"
                             "# The build writes this file.\n\n";

std::string type_of(const binding::Field& field)
{
    using Form = binding::Field::Form;
    if (field.name == "present")
        return "Has";
    if (field.name == "family")
        return "Union[Family, int]";
    if (field.name == "hook")
        return "Union[Hook, int]";
    switch (field.form) {
    case Form::integer:
        return "int";
    case Form::seconds:
        return "float";
    case Form::bytes:
    case Form::payload:
        return "bytes";
    case Form::list:
        return "List[int]";
    case Form::record:
        return field.record->name;
    default:
        return "str";
    }
}

std::string optional_type_of(const binding::Field& field)
{
    const std::string type = type_of(field);
    return field.is_optional() ? "Optional[" + type + "]" : type;
}

std::string fields()
{
    std::string text;
    for (const binding::Field& field : binding::fields())
        text += "    @property\n    def " + field.name + "(self) -> " + optional_type_of(field) +
                ": ...\n";
    return text;
}

std::string records()
{
    std::string text = head;
    text += "from typing import NamedTuple, Optional\n";
    for (const binding::Record& record : binding::records()) {
        text += "\nclass " + record.name + "(NamedTuple):\n";
        for (const binding::Field& field : record.fields)
            text += "    " + field.name + ": " + optional_type_of(field) + '\n';
    }
    return text;
}

std::string constants()
{
    std::string types;
    for (const binding::Constant& constant : binding::constants())
        types += constant.name + ": int\n";
    return types;
}

// Returns a type with the constants that have this prefix.
std::string enumeration(const std::string& name, const std::string& base, const std::string& prefix)
{
    std::string text = "\nclass " + name + "(" + base + "):\n";
    for (const binding::Constant& constant : binding::constants()) {
        if (constant.name.starts_with(prefix))
            text += "    " + constant.name.substr(prefix.size()) + " = " +
                    std::to_string(constant.value) + "\n";
    }
    return text;
}

std::string enumerations()
{
    std::string text = head;
    text += "from enum import IntEnum, IntFlag\n";
    text += enumeration("Family", "IntEnum", "FAMILY_");
    text += enumeration("Hook", "IntEnum", "HOOK_");
    text += enumeration("Has", "IntFlag", "HAS_");
    text += "\nclass Delivery(IntEnum):\n";
    for (std::size_t i = 0; const nflogcap_option* option = nflogcap_option_at(i); ++i) {
        if (std::string_view(option->name) != "delivery")
            continue;
        std::istringstream choices(option->choices);
        std::string choice;
        for (int value = 0; choices >> choice; ++value)
            text += "    " + binding::upper_case(choice) + " = " + std::to_string(value) + "\n";
    }
    return text;
}

// Returns the text of a template in which one line is replaced.
std::string filled(const std::string& path, const std::string& place, const std::string& with)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    std::string stub = text.str();
    const std::size_t at = stub.find(place + '\n');
    return at == std::string::npos ? "" : stub.replace(at, place.size() + 1, with);
}

std::string counters()
{
    std::string text = head;
    text += "from typing import List, NamedTuple, Union\n\n"
            "from nflogcap.enums import Delivery\n\n"
            "class Stats(NamedTuple):\n";
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i) {
        const std::string name = counter->name;
        text += "    " + name + (name == "delivery" ? ": Union[Delivery, int]\n" : ": int\n");
    }
    return text + "\ndef capture_stats(counters: List[int]) -> Stats: ...\n";
}

std::string type_of(const nflogcap_option& option)
{
    switch (option.kind) {
    case NFLOGCAP_BOOLEAN:
        return "bool";
    case NFLOGCAP_CHOICE:
        return "Union[int, str]";
    case NFLOGCAP_PATH:
        return "Path";
    case NFLOGCAP_TEXT:
        return "str";
    default:
        return "int";
    }
}

// Returns the parameters for the options. `after_groups` is inserted after the groups, which are
// the first option.
std::string option_parameters(const std::string& after_groups)
{
    std::string text;
    for (std::size_t i = 0; const nflogcap_option* option = nflogcap_option_at(i); ++i) {
        const std::string type = type_of(*option);
        text.append("    ").append(option->name).append(": ");
        if (option->is_repeatable != 0)
            text.append("Union[")
                .append(type)
                .append(", Iterable[")
                .append(type)
                .append("], None]");
        else
            text.append("Optional[").append(type).append("]");
        text += " = ...,\n";
        if (i == 0)
            text += after_groups;
    }
    return text;
}

std::string opening()
{
    std::string text = head;
    text += "from typing import Iterable, Optional, Union\n\n"
            "from nflogcap.capture import Capture\n"
            "from nflogcap.options import Path\n\n";
    text += "def open(\n" + option_parameters("    *,\n") + ") -> Capture: ...\n";
    text += "def adopt(\n    descriptors: Iterable[int],\n    *,\n" + option_parameters("") +
            ") -> Capture: ...\n";
    return text;
}

bool write(const std::string& path, const std::string& text)
{
    std::ofstream file(path);
    file << text;
    file.close();
    const bool written = file && !text.empty();
    if (!written)
        std::cerr << "stubs: cannot write " << path << '\n';
    return written;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::cerr << "usage: stubs TEMPLATES DIRECTORY\n";
        return 2;
    }
    const std::string templates = std::string(argv[1]) + '/';
    const std::string directory = std::string(argv[2]) + '/';
    const bool written = write(directory + "_nflogcap.pyi",
                               filled(templates + "_nflogcap.pyi.in", "    @fields@", fields())) &&
                         write(directory + "__init__.pyi",
                               filled(templates + "__init__.pyi.in", "@constants@", constants())) &&
                         write(directory + "conntrack.pyi", records()) &&
                         write(directory + "enums.pyi", enumerations()) &&
                         write(directory + "stats.pyi", counters()) &&
                         write(directory + "opening.pyi", opening());
    return written ? 0 : 1;
}
