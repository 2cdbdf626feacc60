// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Perl's headers must be in this order, and after all other headers: they define macros with names
// of the standard library.
// clang-format off
#include <EXTERN.h>
#include <perl.h>
#include <XSUB.h>
// clang-format on
