// SPDX-License-Identifier: GPL-2.0-or-later
#include "without_taps.hpp"

#include "error.hpp"
#include "tap_table.hpp"

Failure add_tap_without_libnftables()
{
    try {
        nflog::TapTable::require_support();
        return {"nflogcap_add_tap", 0, ""};
    } catch (const nflog::Error& failure) {
        return {"nflogcap_add_tap", -failure.code(), failure.what()};
    }
}
