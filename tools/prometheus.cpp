// SPDX-License-Identifier: GPL-2.0-or-later
#include "prometheus.hpp"

#include "text.hpp"

namespace command {

std::string label_of(const std::string& path)
{
    std::string_view name = path;
    name.remove_prefix(name.rfind('/') + 1); // if there is no '/', npos + 1 is 0
    constexpr std::string_view ending = ".prom";
    if (name.ends_with(ending))
        name.remove_suffix(ending.size());
    return label_value(name);
}

std::string label_value(std::string_view text)
{
    std::string printable;
    append_escaped(printable, text);
    std::string label = "\"";
    for (const char character : printable) {
        if (character == '\\' || character == '"')
            label += '\\';
        label += character;
    }
    return label + '"';
}

void append_head(std::string& text, const std::string& name, const std::string& type,
                 const std::string& help)
{
    text += "# HELP " + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
}

void append_sample(std::string& text, const std::string& name, const std::string& labels,
                   const std::string& value)
{
    text += name + '{' + labels + "} " + value + '\n';
}

} // namespace command
