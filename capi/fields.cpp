// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.hpp"

#include "handle.hpp"
#include "hook_names.hpp"

#include <nflogcap.h>
#include <span>

namespace {

const nflogcap_field* element(std::span<const nflogcap_field> list, std::size_t index)
{
    return index < list.size() ? &list[index] : nullptr;
}

} // namespace

extern "C" {

const nflogcap_field* nflogcap_field_at(size_t index)
{
    return element(nflog::fields(), index);
}

const nflogcap_field* nflogcap_conntrack_field_at(size_t index)
{
    return element(nflog::conntrack_fields(), index);
}

const nflogcap_field* nflogcap_tuple_field_at(size_t index)
{
    return element(nflog::tuple_fields(), index);
}

int nflogcap_find_field(const char* name, char* error, size_t capacity)
{
    return nflog::guard({error, capacity}, [&] {
        nflog::require(name, "name");
        return static_cast<int>(nflog::find_field(name));
    });
}

const char* nflogcap_family_name(uint8_t family)
{
    return nflog::family_name(family);
}

const char* nflogcap_hook_name(uint8_t family, uint8_t hook)
{
    return nflog::hook_name(family, hook);
}

} // extern "C"
