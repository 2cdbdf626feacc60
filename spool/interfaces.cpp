// SPDX-License-Identifier: GPL-2.0-or-later
#include "interfaces.hpp"

#include "percent.hpp"
#include "words.hpp"

namespace spool {

namespace {

bool is_kept(unsigned char byte)
{
    return is_letter_or_digit(byte) || byte == '.' || byte == '-' || byte == '_' || byte == ':' ||
           byte == '@';
}

} // namespace

std::string text_of_interfaces(const Interfaces& interfaces)
{
    std::string text;
    for (const auto& [index, name] : interfaces) {
        if (!text.empty())
            text += ',';
        text += std::to_string(index) + "=" + percent_encoded(name, is_kept);
    }
    return text;
}

Interfaces interfaces_in(std::string_view text)
{
    Interfaces interfaces;
    while (!text.empty()) {
        const std::string_view item = text.substr(0, text.find(','));
        text.remove_prefix(item.size() < text.size() ? item.size() + 1 : text.size());
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos)
            continue;
        const auto index = number_in<std::uint32_t>(item.substr(0, equals));
        const auto name = percent_decoded(item.substr(equals + 1));
        if (index && name)
            interfaces[*index] = *name;
    }
    return interfaces;
}

} // namespace spool
