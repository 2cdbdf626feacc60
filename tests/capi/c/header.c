/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header with nothing before it and nothing after it, included twice. */
#include <nflogcap.h>
