// SPDX-License-Identifier: GPL-2.0-or-later
#include "link_type.hpp"

#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <strings.h>

namespace nflog {

namespace {

struct Known {
    const char* name;
    LinkType type;
};

constexpr std::array table = {
    Known{"nflog", LinkType::nflog},
    Known{"raw", LinkType::raw},
    Known{"ethernet", LinkType::ethernet},
};

[[noreturn]] void refuse(const std::string& type)
{
    throw Error(EINVAL,
                "the link type " + type + " cannot be written; choose nflog, raw or ethernet");
}

std::string number_of(LinkType type)
{
    return std::to_string(static_cast<std::uint32_t>(type));
}

} // namespace

LinkType link_type(std::uint32_t number)
{
    const auto* const found = std::ranges::find(table, static_cast<LinkType>(number), &Known::type);
    if (found == table.end())
        refuse(std::to_string(number));
    return found->type;
}

LinkType find_link_type(std::string_view text)
{
    const std::string wanted(text);
    const auto* const found = std::ranges::find_if(table, [&](const Known& known) {
        return strcasecmp(known.name, wanted.c_str()) == 0 || number_of(known.type) == wanted;
    });
    if (found == table.end())
        refuse('\'' + wanted + '\'');
    return found->type;
}

} // namespace nflog
