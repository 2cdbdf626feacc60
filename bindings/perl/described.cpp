// SPDX-License-Identifier: GPL-2.0-or-later
#include "described.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fields.hpp>

namespace binding::perl {

namespace {

void store(pTHX_ HV* values, const char* name, std::uint64_t value)
{
    static_cast<void>(
        hv_store(values, name, static_cast<I32>(std::strlen(name)), newSVuv(value), 0));
}

} // namespace

SV* converted(pTHX_ const nflogcap_stats& stats)
{
    HV* const values = newHV();
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i)
        store(aTHX_ values, counter->name, value_of(stats, *counter));
    return newRV_noinc(reinterpret_cast<SV*>(values));
}

SV* constants(PerlInterpreter* perl)
{
    dTHXa(perl);
    HV* const values = newHV();
    for (const Constant& constant : binding::constants())
        store(aTHX_ values, constant.name.c_str(), constant.value);
    return newRV_noinc(reinterpret_cast<SV*>(values));
}

} // namespace binding::perl
