// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Perl's headers need this order. They come after all other headers, because they define macros
// with names of the standard library.
// clang-format off
#include <EXTERN.h>
#include <perl.h>
#include <XSUB.h>
// clang-format on
