// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.hpp"

#include "handle.hpp"
#include "hook_names.hpp"

#include <nflogcap.h>

extern "C" {

const nflogcap_field* nflogcap_field_at(size_t index)
{
    const auto fields = nflog::fields();
    return index < fields.size() ? &fields[index] : nullptr;
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
