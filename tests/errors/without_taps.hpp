// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "provocations.hpp"

// What nflogcap_add_tap() fails with in a library that was built without libnftables.
Failure add_tap_without_libnftables();
