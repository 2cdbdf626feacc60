// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <nflogcap.h>

namespace binding::python {

// Converts an integer of any size; a too large one is clamped to the largest or smallest. False,
// with a TypeError that names the argument, if the object is not an integer.
bool to_integer(PyObject* object, const char* name, long long& integer);

// Adds the constants to the module, and their names as the list `constants`. False with an
// exception set.
bool add_constants(PyObject* module);

// The counters' values, in the order of nflogcap_counter_at(); NULL with an exception set.
PyObject* converted(const nflogcap_stats& stats);

} // namespace binding::python
