// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fields.hpp>

// The types of values with fields of their own. Python code creates them from these descriptions.
// Each function returns a new reference, or NULL with an exception set.
namespace binding::python {

// A list with each record's name, its description, and a list of its fields: name, documentation.
PyObject* records();

// From now on records are created by calling these types with the values of their fields. The types
// are in the order of records().
PyObject* set_records(PyObject* types);

// A record made from a tuple of the values of its fields; takes the reference to the tuple. If the
// tuple is NULL, an exception is already set, and the result is NULL.
PyObject* made_of(const Record& record, PyObject* values);

} // namespace binding::python
