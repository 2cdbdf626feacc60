// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <nflogcap.h>

namespace binding::python {

// Converts an integer of any size. If it is outside the range of long long, the result is the
// nearest end of the range. Returns false, with a TypeError that names the argument, if the object
// is not an integer.
bool to_integer(PyObject* object, const char* name, long long& integer);

// Adds the constants to the module, and a list `constants` of their names. Returns false with an
// exception set on failure.
bool add_constants(PyObject* module);

// Returns the values of the counters in the order of nflogcap_counter_at(), or NULL with an
// exception set.
PyObject* converted(const nflogcap_stats& stats);

} // namespace binding::python
